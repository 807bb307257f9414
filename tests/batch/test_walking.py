from __future__ import annotations

import os
from pathlib import Path

import pytest

from spamguard.batch.outcomes import Outcome
from spamguard.batch.roots import plan_roots
from spamguard.batch.walking import Entry, Filter, walk


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "2025" / "june").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "2025/c.md", "2025/june/d"):
        (folder / name).write_text("text")
    return folder


def listed(folder: Path, in_place: bool = False) -> tuple[list[str], dict[str, str]]:
    """The names of files to read, and why others are left out."""
    [root] = plan_roots([folder], in_place=in_place)
    items = list(walk(root))
    entries = [item.source.relative_to(folder).as_posix() for item in items if isinstance(item, Entry)]
    reasons = {Path(item.name).name: item.reason for item in items if isinstance(item, Outcome)}
    return entries, reasons


def test_a_folder_is_read_recursively_in_order_of_name(news: Path) -> None:
    assert listed(news) == (["a.txt", "b.txt", "2025/c.md", "2025/june/d"], {})


def test_targets_mirror_the_tree(news: Path) -> None:
    [root] = plan_roots([news])
    targets = [item.target for item in walk(root) if isinstance(item, Entry)]
    assert news.with_name("news.cleaned") / "2025" / "june" / "d" in targets


def test_links_out_of_the_folder_are_left_out(news: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").touch()
    (tmp_path / "news2").mkdir()
    (news / "file").symlink_to(tmp_path / "secret.txt")
    (news / "folder").symlink_to(tmp_path / "news2")
    entries, reasons = listed(news)
    assert reasons == {"file": "a link out of the folder", "folder": "a link out of the folder"}
    assert len(entries) == 4


def test_link_loops_end(news: Path) -> None:
    (news / "2025" / "up").symlink_to(news)
    (news / "self").symlink_to("self")
    entries, reasons = listed(news)
    assert len(entries) == 4
    assert set(reasons) == {"up", "self"}


def test_a_link_to_a_file_inside_is_followed_but_not_in_place(news: Path) -> None:
    (news / "link").symlink_to("a.txt")
    assert "link" in listed(news)[0]
    entries, reasons = listed(news, in_place=True)
    assert "link" not in entries
    assert reasons == {"link": "a link to a file that is cleaned where it lies"}


def test_what_is_no_file_is_left_out(news: Path) -> None:
    os.mkfifo(news / "pipe")
    assert listed(news)[1] == {"pipe": "not a regular file"}


def test_what_a_killed_run_left_behind_is_left_out(news: Path) -> None:
    (news / ".spamguard-0f.part").touch()
    assert set(listed(news)[1]) == {".spamguard-0f.part"}


def test_a_folder_that_cannot_be_read_is_named_and_the_rest_goes_on(news: Path) -> None:
    [root] = plan_roots([news])
    items = walk(root)
    next(items)
    (news / "2025").rename(news.parent / "moved")
    assert [Path(item.name).name for item in items if isinstance(item, Outcome)] == ["2025"]


def test_a_filter_passes_files_over(news: Path) -> None:
    [root] = plan_roots([news])
    chosen = Filter(include=("*.txt", "2025/*"), exclude=("b.*",))
    items = [item for item in walk(root, chosen) if isinstance(item, Entry)]
    assert [item.source.relative_to(news).as_posix() for item in items] == [
        "a.txt",
        "2025/c.md",
        "2025/june/d",
    ]


def test_folders_of_our_own_are_not_entered(news: Path) -> None:
    (news / ".spamguard-undo").mkdir()
    (news / ".spamguard-undo" / "00000001").touch()
    assert len(listed(news)[0]) == 4


def test_depth_has_no_limit_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    (folder / "/".join(["d"] * 300)).mkdir(parents=True)
    (folder / "/".join(["d"] * 300) / "a.txt").touch()
    assert len(listed(folder)[0]) == 1


def test_names_that_only_begin_like_our_own_are_read(news: Path) -> None:
    (news / ".spamguard-notes").mkdir()
    (news / ".spamguard-notes" / "a.txt").touch()
    (news / ".spamguard-rules.txt").touch()
    entries, reasons = listed(news)
    assert {".spamguard-notes/a.txt", ".spamguard-rules.txt"} <= set(entries)
    assert reasons == {}

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from spamguard.batch.marks import Claim, claim_on, objection
from spamguard.batch.outcomes import Outcome
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.workers import Workers
from spamguard.batch.writing import whole_file


def keeps_marks() -> bool:
    """Whether the file system of temporary files keeps attributes."""
    if sys.platform != "linux":
        return False
    with tempfile.NamedTemporaryFile() as file:
        try:
            os.setxattr(file.name, "user.spamguard", b"1")
        except OSError:
            return False
    return True


marked = pytest.mark.skipif(not keeps_marks(), reason="needs a file system that keeps attributes")
MINE = Claim("mine")


def write(target: Path, content: bytes, claim: Claim = MINE) -> None:
    """Write a file by a claim."""
    with whole_file(target, claim=claim) as stream:
        stream.write(content)


@marked
def test_what_the_same_claim_made_gives_way(tmp_path: Path) -> None:
    write(tmp_path / "a", b"one")
    write(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"


def test_what_another_made_stays(tmp_path: Path) -> None:
    write(tmp_path / "a", b"theirs", Claim("theirs"))
    with pytest.raises(OSError, match="--overwrite"):
        write(tmp_path / "a", b"mine")
    (tmp_path / "b").write_bytes(b"typed by hand")
    with pytest.raises(OSError, match="--overwrite"):
        write(tmp_path / "b", b"mine")
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"theirs", b"typed by hand"]


def test_what_has_changed_since_stays(tmp_path: Path) -> None:
    write(tmp_path / "a", b"one")
    with open(tmp_path / "a", "ab") as stream:
        stream.write(b" and more")
    assert objection(tmp_path / "a", MINE)


def test_nothing_is_lost_with_the_same_content_or_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"same")
    write(tmp_path / "a", b"same")
    (tmp_path / "b").touch()
    write(tmp_path / "b", b"new")
    assert (tmp_path / "b").read_bytes() == b"new"


def test_overwriting_takes_files_and_links_but_no_pipe(tmp_path: Path) -> None:
    claim = Claim("mine", overwrite=True)
    (tmp_path / "a").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert objection(tmp_path / "link", MINE)
    write(tmp_path / "link", b"mine", claim)
    assert (tmp_path / "a").read_bytes() == b"theirs"
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in objection(tmp_path / "pipe", claim)


@marked
def test_a_file_whose_permissions_forbid_writing_is_marked_too(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.touch()
    original.chmod(0o444)
    for content in (b"one", b"two"):
        with whole_file(tmp_path / "a", like=original, claim=MINE) as stream:
            stream.write(content)
    assert (tmp_path / "a").read_bytes() == b"two"


def test_a_claim_names_its_sources_whatever_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert claim_on(Path("a.txt")) == claim_on(tmp_path / "a.txt")
    assert claim_on(Path("a.txt")) != claim_on(Path("a.txt"), role="report")


def statuses(workers: Workers, source: Path, settings: Settings | None = None) -> list[tuple[str, str]]:
    """What became of each file, and why."""
    events = clean_files(workers, plan_roots([source]), settings)
    return [(event.status, event.reason) for event in events if isinstance(event, Outcome)]


def test_an_unrelated_file_under_the_results_name_stays_and_is_named(
    workers: Workers, tmp_path: Path
) -> None:
    source, other = tmp_path / "a.txt", tmp_path / "a.cleaned.txt"
    source.write_bytes(b"SPAM One.")
    other.write_bytes(b"by hand")
    [(status, reason)] = statuses(workers, source)
    assert status == "failed"
    assert str(other) in reason
    assert other.read_bytes() == b"by hand"
    assert len(list(tmp_path.iterdir())) == 2
    assert statuses(workers, source, Settings(overwrite=True)) == [("cleaned", "")]
    assert other.read_bytes() == b"One."


def test_an_unrelated_file_where_one_would_be_copied_stays(workers: Workers, tmp_path: Path) -> None:
    for folder, content in (("news", b"\x89PNG\0new"), ("news.cleaned", b"by hand")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "logo.png").write_bytes(content)
    assert [status for status, _ in statuses(workers, tmp_path / "news")] == ["failed"]
    assert (tmp_path / "news.cleaned" / "logo.png").read_bytes() == b"by hand"


@marked
def test_a_run_over_its_own_results_follows_the_originals(workers: Workers, tmp_path: Path) -> None:
    source = tmp_path / "news"
    source.mkdir()
    (source / "a.txt").write_bytes(b"SPAM One.")
    (source / "logo.png").write_bytes(b"\x89PNG\0one")
    statuses(workers, source)
    (source / "a.txt").write_bytes(b"SPAM Two.")
    (source / "logo.png").write_bytes(b"\x89PNG\0two")
    assert [status for status, _ in statuses(workers, source)] == ["cleaned", "skipped"]
    assert (tmp_path / "news.cleaned" / "a.txt").read_bytes() == b"Two."
    assert (tmp_path / "news.cleaned" / "logo.png").read_bytes() == b"\x89PNG\0two"


def test_a_run_over_its_own_results_needs_no_marks_where_nothing_has_changed(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    (tmp_path / "a.txt").write_bytes(b"SPAM One.")
    assert [statuses(workers, tmp_path / "a.txt") for _ in range(2)] == [[("cleaned", "")]] * 2

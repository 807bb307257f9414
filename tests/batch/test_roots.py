from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.batch.roots import plan_roots
from spamguard.errors import InputError


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    return folder


def test_a_folder_goes_to_a_sibling(news: Path) -> None:
    [root] = plan_roots([news])
    assert root.target == news.with_name("news.cleaned")
    assert not root.in_place


def test_a_file_goes_to_a_sibling_that_keeps_its_suffix(news: Path) -> None:
    [root] = plan_roots([news / "a.txt"])
    assert root.target == news / "a.cleaned.txt"


def test_the_current_folder_goes_to_a_sibling_too(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(news)
    [root] = plan_roots([Path()])
    assert root.target == news.with_name("news.cleaned")


def test_one_folder_is_mirrored_right_into_the_output(news: Path, tmp_path: Path) -> None:
    [root] = plan_roots([news], out=tmp_path / "out")
    assert root.target == tmp_path / "out"


def test_several_paths_go_under_their_own_names(news: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").touch()
    roots = plan_roots([news, tmp_path / "b.txt"], out=tmp_path / "out")
    assert [root.target for root in roots] == [tmp_path / "out" / "news", tmp_path / "out" / "b.txt"]


def test_in_place_goes_to_the_real_file_and_not_to_the_link(news: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(news / "a.txt")
    [root] = plan_roots([link], in_place=True)
    assert root.in_place
    assert root.target == (news / "a.txt").resolve()


@pytest.mark.parametrize("out", ["news", "news/inside", "news/inside/deep", "."])
def test_an_output_that_overlaps_the_input_is_refused(news: Path, out: str) -> None:
    with pytest.raises(InputError, match="input"):
        plan_roots([news], out=news.parent / out)


def test_an_overlap_through_a_link_is_refused(news: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(news)
    with pytest.raises(InputError, match="lies in the input"):
        plan_roots([news], out=tmp_path / "alias" / "out")


def test_a_file_is_not_written_over_by_way_of_its_own_folder(news: Path) -> None:
    with pytest.raises(InputError, match=r"a\.txt"):
        plan_roots([news / "a.txt"], out=news)


def test_an_input_that_is_another_inputs_output_is_refused(news: Path) -> None:
    (news / "a.cleaned.txt").touch()
    with pytest.raises(InputError, match=r"a\.cleaned\.txt"):
        plan_roots([news / "a.txt", news / "a.cleaned.txt"])


def test_two_results_of_one_name_are_refused(news: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(InputError, match="both"):
        plan_roots([news / "a.txt", tmp_path / "a.txt"], out=tmp_path / "out")


def test_in_place_nothing_is_cleaned_twice(news: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(news)
    for outer in (news, tmp_path / "link"):
        with pytest.raises(InputError, match=r"a\.txt lies in .*: name that alone"):
            plan_roots([news / "a.txt", outer], in_place=True)
    assert len(plan_roots([news / "a.txt", news], out=tmp_path / "out")) == 2


def test_a_report_does_not_take_an_inputs_place(news: Path) -> None:
    with pytest.raises(InputError, match=r"a\.txt"):
        plan_roots([news / "a.txt"], others=[news / "a.txt"], in_place=True)


def test_an_output_that_is_a_file_is_refused(news: Path) -> None:
    with pytest.raises(InputError, match="must be a folder"):
        plan_roots([news], out=news / "a.txt")


def test_in_place_and_an_output_exclude_each_other(news: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exclude"):
        plan_roots([news], out=tmp_path / "out", in_place=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("news.jsonl.gz", "news.cleaned.jsonl.gz"),
        ("crawl.warc.GZ", "crawl.cleaned.warc.GZ"),
        ("notes.zst", "notes.cleaned.zst"),
        ("a.b.txt", "a.b.cleaned.txt"),
        ("README", "README.cleaned"),
    ],
)
def test_a_result_keeps_all_endings_that_tell_its_format(tmp_path: Path, name: str, expected: str) -> None:
    [root] = plan_roots([tmp_path / name])
    assert root.target.name == expected


@pytest.mark.parametrize("place", ["out/a.txt", "out/inner/report.jsonl", "out"])
def test_nothing_else_is_written_among_the_results(news: Path, tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match="result"):
        plan_roots([news], out=tmp_path / "out", others=[tmp_path / place])


def test_nothing_else_takes_the_name_of_a_files_result(news: Path) -> None:
    with pytest.raises(InputError, match="lies in the result"):
        plan_roots([news / "a.txt"], others=[news / "a.cleaned.txt"])


def test_a_link_in_the_input_is_not_replaced_wherever_it_points(news: Path, tmp_path: Path) -> None:
    (news / "link.html").symlink_to(tmp_path / "elsewhere.html")
    with pytest.raises(InputError, match="lies in the input"):
        plan_roots([news], others=[news / "link.html"])


def test_two_files_beside_the_results_are_two(news: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="twice"):
        plan_roots([news], others=[tmp_path / "a", tmp_path / "news" / ".." / "a"])

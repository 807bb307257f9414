from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.batch import answers
from spamguard.batch.answers import Cleaner
from spamguard.batch.encoding import decode
from spamguard.batch.outcomes import Event, Fault, Finding, Outcome
from spamguard.batch.places import open_journal
from spamguard.batch.roots import Root, plan_roots
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.steps import BATCH_BYTES, BATCH_UNITS
from spamguard.batch.undo import undo
from spamguard.batch.workers import Workers
from spamguard.result import CleanResult, restore


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"SPAM One.\r\nTwo. \r\n")
    (folder / "inner" / "b.md").write_bytes(b"\xef\xbb\xbfNothing here.\n")
    (folder / "logo.png").write_bytes(b"\x89PNG\0SPAM")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def run(workers: Workers, roots: list[Root], chosen: Settings | None = None) -> list[Outcome]:
    """What became of each file."""
    return [event for event in clean_files(workers, roots, chosen) if isinstance(event, Outcome)]


def by_name(outcomes: list[Outcome]) -> dict[str, str]:
    """What became of each file."""
    return {Path(outcome.name).name: outcome.status for outcome in outcomes}


def test_a_folder_is_mirrored_and_the_originals_stay(workers: Workers, news: Path) -> None:
    before = contents(news)
    outcomes = run(workers, plan_roots([news]))
    assert contents(news) == before
    assert contents(news.with_name("news.cleaned")) == before | {"a.txt": b"One.\r\nTwo. \r\n"}
    assert by_name(outcomes) == {"a.txt": "cleaned", "b.md": "unchanged", "logo.png": "skipped"}


def test_results_undo(workers: Workers, news: Path) -> None:
    [first, *_] = run(workers, plan_roots([news]), Settings(write=False))
    assert first.result is not None
    assert restore(first.result) == "SPAM One.\r\nTwo. \r\n"


def test_a_dry_run_writes_nothing(workers: Workers, news: Path) -> None:
    before = contents(news.parent)
    outcomes = run(workers, plan_roots([news]), Settings(write=False))
    assert by_name(outcomes)["a.txt"] == "cleaned"
    assert contents(news.parent) == before


def test_in_place_only_files_with_spam_are_written(workers: Workers, news: Path) -> None:
    untouched = [news / "inner" / "b.md", news / "logo.png"]
    states = [path.stat() for path in untouched]
    run(workers, plan_roots([news], in_place=True))
    assert (news / "a.txt").read_bytes() == b"One.\r\nTwo. \r\n"
    assert [path.stat() for path in untouched] == states
    assert len(contents(news)) == 3


def test_a_missing_file_is_named_and_the_rest_goes_on(workers: Workers, news: Path) -> None:
    outcomes = run(workers, plan_roots([news / "none.txt", news / "a.txt"]))
    assert [outcome.status for outcome in outcomes] == ["failed", "cleaned"]
    assert outcomes[0].reason == "No such file or directory"


def test_a_result_that_cannot_be_written_is_named_and_the_rest_goes_on(workers: Workers, news: Path) -> None:
    blocked = news.with_name("news.cleaned")
    blocked.mkdir()
    (blocked / "inner").write_text("a file where a folder must be")
    outcomes = run(workers, plan_roots([news]))
    assert by_name(outcomes) == {"a.txt": "cleaned", "b.md": "failed", "logo.png": "skipped"}


def test_a_pipe_is_not_waited_for(workers: Workers, news: Path) -> None:
    os.mkfifo(news / "pipe")
    [outcome] = run(workers, plan_roots([news / "pipe"]))
    assert outcome.status == "failed"


def test_nothing_is_written_outside_the_output_folder(workers: Workers, news: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "inner").symlink_to(outside)
    outcomes = run(workers, plan_roots([news], out=tmp_path / "out"))
    assert by_name(outcomes)["b.md"] == "failed"
    assert not contents(outside)


def test_a_file_that_changes_underfoot_is_not_written_over(clean: Cleaner, news: Path) -> None:
    def slow(texts: Iterable[str]) -> Iterable[CleanResult]:
        (news / "a.txt").write_bytes(b"SPAM rewritten by its author")
        return clean(texts)

    outcomes = run(Workers(lambda: slow), plan_roots([news], in_place=True))
    assert by_name(outcomes)["a.txt"] == "failed"
    assert (news / "a.txt").read_bytes() == b"SPAM rewritten by its author"


def test_a_file_that_vanishes_is_named_and_the_rest_goes_on(clean: Cleaner, news: Path) -> None:
    def slow(texts: Iterable[str]) -> Iterable[CleanResult]:
        (news / "a.txt").unlink(missing_ok=True)
        return clean(texts)

    outcomes = run(Workers(lambda: slow), plan_roots([news]))
    assert by_name(outcomes) == {"a.txt": "failed", "b.md": "unchanged", "logo.png": "skipped"}
    assert contents(news.with_name("news.cleaned")).keys() == {"inner/b.md", "logo.png"}


def test_names_of_any_bytes_are_files_like_others(workers: Workers, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in (b"new\nline", b"\xff\xfe", "上海".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"SPAM good")
    run(workers, plan_roots([folder]))
    assert set(contents(tmp_path / "odd.cleaned").values()) == {b"good"}
    assert contents(tmp_path / "odd.cleaned").keys() == contents(folder).keys()


def test_files_of_any_name_are_cleaned_in_place_and_come_back(workers: Workers, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in (b"new\nline", b"\xff\xfe", b"-rf *"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"SPAM good")
    roots = plan_roots([folder], in_place=True)
    journal = open_journal(roots, {})
    list(clean_files(workers, roots, journal=journal))
    journal.mark_finished()
    journal.close()
    assert {path.read_bytes() for path in folder.iterdir() if path.is_file()} == {b"good"}
    assert {file.status for file in undo(journal.folder)} == {"restored"}
    assert list(contents(folder).values()) == [b"SPAM good"] * 3


def test_outcomes_keep_the_order_across_batches(workers: Workers, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    names = [f"{number:03}.txt" for number in range(2 * BATCH_UNITS + 5)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"\0" if number % 7 == 0 else b"SPAM %d" % number)
    outcomes = run(workers, plan_roots([folder]), Settings(write=False))
    assert [Path(outcome.name).name for outcome in outcomes] == names


def test_no_more_than_a_batch_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CALL_CHARS", 10 * BATCH_BYTES)
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_bytes(b"a" * (BATCH_BYTES // 2))
    sizes: list[int] = []

    def measure(texts: Iterable[str]) -> Iterable[CleanResult]:
        sizes.append(len(list(texts)))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run(Workers(lambda: measure), plan_roots([folder]), Settings(write=False))
    assert sizes == [2]


@settings(max_examples=60)
@given(raw=st.lists(st.sampled_from([b"SPAM", b" ", b"\r\n", b"\xff", b"word", b"\xe4\xb8\x8a", b"\0"])))
def test_files_are_written_as_the_cleaning_says_to_the_byte(workers: Workers, raw: list[bytes]) -> None:
    content = b"A line of plain text.\n" * 5 + b"".join(raw)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.txt")
        source.write_bytes(content)
        [outcome] = run(workers, plan_roots([source]))
        written = Path(outcome.target).read_bytes()
    if decode(content) is None or outcome.result is None:
        assert written == content
    else:
        assert restore(outcome.result).encode("utf-8", "surrogateescape") == content
        assert outcome.result.text.encode("utf-8", "surrogateescape") == written
        assert b"SPAM" not in written


def test_an_unknown_type_is_copied_or_left_out_as_chosen(workers: Workers, news: Path) -> None:
    (news / "page.js").write_bytes(b"SPAM")
    run(workers, plan_roots([news]))
    copied = news.with_name("news.cleaned") / "page.js"
    assert copied.read_bytes() == b"SPAM"
    copied.unlink()
    outcomes = run(workers, plan_roots([news]), Settings(copy_unknown=False))
    assert by_name(outcomes)["page.js"] == "skipped"
    assert not copied.exists()


def test_a_file_that_breaks_off_is_named_with_its_place_and_copied(workers: Workers, archive: Path) -> None:
    whole = (archive / "lines.jsonl.gz").read_bytes()
    (archive / "lines.jsonl.gz").write_bytes(whole[:-9])
    outcomes = run(workers, plan_roots([archive]))
    [failed] = [one for one in outcomes if one.status == "failed"]
    assert "breaks off at byte" in failed.reason
    assert Path(failed.target).read_bytes() == whole[:-9]


@pytest.mark.parametrize("write", [True, False])
def test_nothing_is_told_as_found_of_a_file_that_fails_in_mid_way(
    workers: Workers, tmp_path: Path, write: bool
) -> None:
    # More than is unpacked ahead, so that spam is found before the break is.
    lines = "".join(json.dumps({"text": "SPAM " + "news " * 2_000}) + "\n" for _ in range(3 * BATCH_UNITS))
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress(lines.encode())[:-9])
    [failed] = clean_files(workers, plan_roots([source]), Settings(write=write))
    assert isinstance(failed, Outcome)
    assert failed.status == "failed"
    assert failed.n_documents > 0


def test_a_broken_line_is_named_and_the_rest_goes_on(workers: Workers, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(b'{"text": "SPAM one"}\n{"text": "SPAM\n\n{"text": "SPAM two"}\n')
    events: list[Event] = list(clean_files(workers, plan_roots([source])))
    assert [event.record for event in events if isinstance(event, Finding)] == [1, 4]
    [fault] = [event for event in events if isinstance(event, Fault)]
    assert (fault.record, "not JSON" in fault.reason) == (2, True)
    written = (tmp_path / "a.cleaned.jsonl").read_bytes()
    assert written == b'{"text": "one"}\n{"text": "SPAM\n\n{"text": "two"}\n'


def test_an_empty_file_of_any_format_stays_empty(workers: Workers, archive: Path) -> None:
    for path in archive.iterdir():
        path.write_bytes(b"")
    run(workers, plan_roots([archive]))
    assert set(contents(archive.with_name("archive.cleaned")).values()) == {b""}
    assert len(contents(archive.with_name("archive.cleaned"))) == len(contents(archive))


def test_a_document_that_would_lose_too_much_is_left_for_review(clean: Cleaner, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(b'{"text": "SPAM SPAM SPAM on"}\n{"text": "SPAM in a long line of news"}\n')
    events = list(clean_files(Workers(lambda: clean, max_removed=0.5), plan_roots([source])))
    assert [event.is_review for event in events if isinstance(event, Finding)] == [True, False]
    lines = (tmp_path / "a.cleaned.jsonl").read_bytes().splitlines()
    assert lines == [b'{"text": "SPAM SPAM SPAM on"}', b'{"text": "in a long line of news"}']


def test_a_disk_that_is_full_fails_its_file_and_the_rest_goes_on(
    workers: Workers, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.fsync
    calls: Iterator[int] = iter(range(9))

    def full_once(number: int) -> None:
        if next(calls) == 0:
            raise OSError(28, "No space left on device")
        original(number)

    monkeypatch.setattr(os, "fsync", full_once)
    outcomes = run(workers, plan_roots([news]))
    assert [one.reason for one in outcomes if one.status == "failed"] == ["No space left on device"]
    assert contents(news.with_name("news.cleaned")).keys() == {"inner/b.md", "logo.png"}


def test_a_run_that_breaks_off_leaves_no_half_file(clean: Cleaner, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "SPAM one"}\n' * (2 * BATCH_UNITS))

    calls: Iterator[int] = iter(range(9))

    def breaks(texts: Iterable[str]) -> Iterable[CleanResult]:
        if next(calls):
            raise InterruptedError
        return clean(texts)

    with pytest.raises(InterruptedError):
        run(Workers(lambda: breaks), plan_roots([tmp_path / "a.jsonl"]))
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]

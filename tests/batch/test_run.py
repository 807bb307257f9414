from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.batch.outcomes import Outcome
from spamguard.batch.plain import decode
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import BATCH_CHARS, BATCH_FILES, Cleaner, clean_bytes, clean_files
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


def by_name(outcomes: list[Outcome]) -> dict[str, str]:
    """What became of each file."""
    return {Path(outcome.name).name: outcome.status for outcome in outcomes}


def test_a_folder_is_mirrored_and_the_originals_stay(clean: Cleaner, news: Path) -> None:
    before = contents(news)
    outcomes = list(clean_files(clean, plan_roots([news])))
    assert contents(news) == before
    assert contents(news.with_name("news.cleaned")) == before | {"a.txt": b"One.\r\nTwo. \r\n"}
    assert by_name(outcomes) == {"a.txt": "cleaned", "b.md": "unchanged", "logo.png": "skipped"}


def test_results_undo(clean: Cleaner, news: Path) -> None:
    [first, *_] = clean_files(clean, plan_roots([news]), write=False)
    assert first.result is not None
    assert restore(first.result) == "SPAM One.\r\nTwo. \r\n"


def test_a_dry_run_writes_nothing(clean: Cleaner, news: Path) -> None:
    before = contents(news.parent)
    outcomes = list(clean_files(clean, plan_roots([news]), write=False))
    assert by_name(outcomes)["a.txt"] == "cleaned"
    assert contents(news.parent) == before


def test_in_place_only_files_with_spam_are_written(clean: Cleaner, news: Path) -> None:
    untouched = [news / "inner" / "b.md", news / "logo.png"]
    states = [path.stat() for path in untouched]
    list(clean_files(clean, plan_roots([news], in_place=True)))
    assert (news / "a.txt").read_bytes() == b"One.\r\nTwo. \r\n"
    assert [path.stat() for path in untouched] == states
    assert len(contents(news)) == 3


def test_a_missing_file_is_named_and_the_rest_goes_on(clean: Cleaner, news: Path) -> None:
    outcomes = list(clean_files(clean, plan_roots([news / "none.txt", news / "a.txt"])))
    assert [outcome.status for outcome in outcomes] == ["failed", "cleaned"]
    assert outcomes[0].reason == "No such file or directory"


def test_a_result_that_cannot_be_written_is_named_and_the_rest_goes_on(clean: Cleaner, news: Path) -> None:
    blocked = news.with_name("news.cleaned")
    blocked.mkdir()
    (blocked / "inner").write_text("a file where a folder must be")
    outcomes = list(clean_files(clean, plan_roots([news])))
    assert by_name(outcomes) == {"a.txt": "cleaned", "b.md": "failed", "logo.png": "skipped"}


def test_a_pipe_is_not_waited_for(clean: Cleaner, news: Path) -> None:
    os.mkfifo(news / "pipe")
    [outcome] = clean_files(clean, plan_roots([news / "pipe"]))
    assert outcome.status == "failed"


def test_nothing_is_written_outside_the_output_folder(clean: Cleaner, news: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "inner").symlink_to(outside)
    outcomes = list(clean_files(clean, plan_roots([news], out=tmp_path / "out")))
    assert by_name(outcomes)["b.md"] == "failed"
    assert not contents(outside)


def test_a_file_that_changes_underfoot_is_not_written_over(clean: Cleaner, news: Path) -> None:
    def slow(texts: Iterable[str]) -> Iterable[CleanResult]:
        (news / "a.txt").write_bytes(b"SPAM rewritten by its author")
        return clean(texts)

    outcomes = list(clean_files(slow, plan_roots([news], in_place=True)))
    assert by_name(outcomes)["a.txt"] == "failed"
    assert (news / "a.txt").read_bytes() == b"SPAM rewritten by its author"


def test_names_of_any_bytes_are_files_like_others(clean: Cleaner, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in (b"new\nline", b"\xff\xfe", "上海".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"SPAM good")
    list(clean_files(clean, plan_roots([folder])))
    assert set(contents(tmp_path / "odd.cleaned").values()) == {b"good"}
    assert contents(tmp_path / "odd.cleaned").keys() == contents(folder).keys()


def test_outcomes_keep_the_order_across_batches(clean: Cleaner, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    names = [f"{number:03}.txt" for number in range(2 * BATCH_FILES + 5)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"\0" if number % 7 == 0 else b"SPAM %d" % number)
    outcomes = list(clean_files(clean, plan_roots([folder]), write=False))
    assert [Path(outcome.name).name for outcome in outcomes] == names


def test_no_more_than_a_batch_is_held(tmp_path: Path) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_bytes(b"a" * (BATCH_CHARS // 2))
    sizes: list[int] = []

    def measure(texts: Iterable[str]) -> Iterable[CleanResult]:
        sizes.append(len(list(texts)))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(clean_files(measure, plan_roots([folder]), write=False))
    assert sizes == [2]


@settings(max_examples=60)
@given(raw=st.lists(st.sampled_from([b"SPAM", b" ", b"\r\n", b"\xff", b"word", b"\xe4\xb8\x8a", b"\0"])))
def test_files_are_written_as_the_cleaning_says_to_the_byte(clean: Cleaner, raw: list[bytes]) -> None:
    content = b"A line of plain text.\n" * 5 + b"".join(raw)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.txt")
        source.write_bytes(content)
        [outcome] = clean_files(clean, plan_roots([source]))
        written = Path(outcome.target).read_bytes()
    expected, result = clean_bytes(clean, content)
    assert written == expected
    if result is None:
        assert decode(content) is None
        assert written == content
    else:
        assert restore(result).encode("utf-8", "surrogateescape") == content
        assert b"SPAM" not in written


KILLED = """
import sys
from pathlib import Path
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import clean_files
from spamguard.result import CleanResult
for _ in clean_files(lambda texts: map(CleanResult, texts), plan_roots([Path(sys.argv[1])])): print()
"""


def test_a_killed_run_leaves_only_whole_files_under_final_names(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.txt").write_bytes(b"%d " % number * 40_000)
    originals = contents(folder)
    for delay_s in (0.0, 0.01, 0.02, 0.05):
        command = [sys.executable, "-c", KILLED, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(delay_s)
            run.send_signal(signal.SIGKILL)
        written = contents(tmp_path / "news.cleaned")
        whole = {name: raw for name, raw in written.items() if not name.startswith(".spamguard-")}
        assert whole
        assert all(originals[name] == raw for name, raw in whole.items())
    assert contents(folder) == originals

"""Kills runs at random moments and compares what they leave with a run that was never killed.

As a program, ``python tests/batch/killed.py 50`` does so fifty times, over a file of each format, with one
and with two workers, to a folder and in place, and prints a line for each. With ``--model`` behind it the
shipped model cleans, else a cleaner whose outcome can be foretold.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType

import spamguard
from spamguard.batch import journal, steps
from spamguard.batch.answers import Cleaner
from spamguard.batch.places import UNDO_FOLDER, open_journal
from spamguard.batch.report import report_lines
from spamguard.batch.roots import plan_roots
from spamguard.batch.run import clean_files
from spamguard.batch.undo import undo
from spamguard.batch.workers import Workers
from spamguard.batch.writing import whole_file
from spamguard.cleaner import Guard

N_RECORDS = 45
# What the shipped model takes out of any host.
AD = "上海贵族宝贝自荐419"


def load_fixtures() -> ModuleType:
    """Load the test fixtures, which are no package."""
    spec = importlib.util.spec_from_file_location("batch_fixtures", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_cleaner() -> Cleaner:
    """Make the cleaner whose outcome can be foretold."""
    cleaner: Cleaner = Guard(load_fixtures().WordDetector()).clean_many
    return cleaner


def load_model() -> Cleaner:
    """Load the shipped model."""
    cleaner: Cleaner = spamguard.load().clean_many
    return cleaner


def clean(source: Path, out: Path | None, report: Path, n_workers: int, is_real: bool) -> None:
    """Clean a folder in batches so small that a kill meets every format half done."""
    steps.BATCH_UNITS = 5
    journal._COMMIT_S = 0.0
    roots = plan_roots([source], out=out, in_place=out is None)
    log = open_journal(roots, {"is_real": is_real})
    workers = Workers(partial(load_model if is_real else make_cleaner), number=n_workers)
    with whole_file(report) as stream:
        for event in clean_files(workers, roots, journal=log):
            stream.writelines(report_lines(event))
    if out is None:
        log.mark_finished()
        log.close()
    else:
        log.remove()
    print("done", flush=True)


def kill_runs(
    folder: Path, n_kills: int, *, n_workers: int, in_place: bool, seed: int, is_real: bool = False
) -> int:
    """Kill a run again and again, let it end, and compare; return how many kills it took.

    Parameters
    ----------
    folder
        An empty folder to work in.
    n_kills
        How many kills at most; a run that ends before is over.
    n_workers, in_place
        How it is run.
    seed
        Of the moments.
    is_real
        Whether the shipped model cleans.
    """
    moments = random.Random(seed)
    fixtures = load_fixtures()
    expected, source = (
        folder / "expected",
        fixtures.fill(folder / "archive", N_RECORDS, AD if is_real else "SPAM"),
    )
    originals = fixtures.contents(source)
    started = time.monotonic()
    subprocess.run(
        command(source, expected, folder / "expected.jsonl", 1, is_real), check=True, stdout=subprocess.PIPE
    )
    assert fixtures.contents(expected) != originals
    whole_s = time.monotonic() - started
    out = None if in_place else folder / "out"
    killed = 0
    for _ in range(n_kills):
        arguments = command(source, out, folder / "report.jsonl", n_workers, is_real)
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            with suppress(subprocess.TimeoutExpired):
                run.wait(moments.uniform(0.3, 1.0) * whole_s)
            run.send_signal(signal.SIGKILL)
            # A run that had come to its end was not killed, however long its process took to go.
            if run.stdout.read():
                break
            killed += 1
    else:
        subprocess.run(command(source, out, folder / "report.jsonl", n_workers, is_real), check=True)
    left = {name: raw for name, raw in fixtures.contents(out or source).items() if UNDO_FOLDER not in name}
    assert left == fixtures.contents(expected)
    assert (folder / "report.jsonl").read_bytes() == (folder / "expected.jsonl").read_bytes()
    if in_place:
        [log] = (source / UNDO_FOLDER).iterdir()
        assert {file.status for file in undo(log)} == {"restored"}
    assert fixtures.contents(source) == originals
    return killed


def command(source: Path, out: Path | None, report: Path, n_workers: int, is_real: bool) -> list[str]:
    """Return the command of one run."""
    chosen = [str(source), str(out or ""), str(report), str(n_workers), str(int(is_real))]
    return [sys.executable, __file__, "clean", *chosen]


def main() -> None:
    """Clean as told, or kill as often as told."""
    if sys.argv[1] == "clean":
        source, out, report, number, model = sys.argv[2:]
        clean(Path(source), Path(out) if out else None, Path(report), int(number), model == "1")
        return
    n_killed = round_number = 0
    while n_killed < int(sys.argv[1]):
        folder = Path(tempfile.mkdtemp())
        n_workers, in_place = 1 + round_number % 2, round_number % 4 > 1
        is_real = "--model" in sys.argv
        killed = kill_runs(
            folder, 8, n_workers=n_workers, in_place=in_place, seed=round_number, is_real=is_real
        )
        shutil.rmtree(folder)
        n_killed += killed
        round_number += 1
        way = "in place" if in_place else "to a folder"
        print(f"round {round_number}: {killed} kills, {n_workers} workers, {way}: all equal", flush=True)
    print(f"{n_killed} kills, every one survived")


if __name__ == "__main__":
    main()

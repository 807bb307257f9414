"""Measure the batch road; each measurement is a command of its own.

    python -m benchmarks.scale speed  --megabytes 20                 clean_many, one worker, two workers
    python -m benchmarks.scale memory --megabytes 2000 --stand-in    resident memory over time, two workers
    python -m benchmarks.scale files  --files 100000                 many small files in one folder

Times are those of whole processes. On a machine with other work to do compare processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scale.corpora import write_folder, write_lines
from benchmarks.scale.watching import Watched, watch

Options = argparse.Namespace


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("speed", "memory", "files"))
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--polluted", type=float, default=0.2, help="share of the articles with ads")
    parser.add_argument("--stand-in", action="store_true", help="another cleaner than the model")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    options = parser.parse_args()
    # One worker has one core, whatever else would start threads in it.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        {"speed": speed, "memory": memory, "files": files}[options.what](Path(folder), options)


def command(source: Path, folder: Path, n_workers: int, options: Options) -> list[str]:
    """Return the command that cleans."""
    out, report = folder / "out", folder / "report.jsonl"
    shutil.rmtree(out, ignore_errors=True)
    if options.stand_in:
        chosen = [str(source), str(out), str(report), str(n_workers)]
        return [sys.executable, "-m", "benchmarks.scale.standin", *chosen]
    program = [sys.executable, "-m", "spamguard.cli.main", "clean", str(source), "--out", str(out)]
    return [*program, "--report", str(report), "--workers", str(n_workers), "--quiet"]


def speed(folder: Path, options: Options) -> None:
    """Compare `clean_many` with the command, with one worker and with several."""
    source = folder / "news.jsonl"
    n_lines = write_lines(source, int(options.megabytes * 1e6), options.polluted)
    megabytes = source.stat().st_size / 1e6
    print(f"{megabytes:.1f} MB, {n_lines:,} articles\n")
    print("| way | seconds | processor seconds | MB/s |\n|---|---|---|---|")
    alone_s, alone_cpu_s = clean_many(source, options)
    print(f"| clean_many | {alone_s:.1f} | {alone_cpu_s:.1f} | {megabytes / alone_s:.2f} |", flush=True)
    seen = {}
    for number in (1, options.workers):
        seen[number] = one = watch(command(source, folder, number, options))
        print(
            f"| --workers {number} | {one.wall_s:.1f} | {one.cpu_s:.1f} | {megabytes / one.wall_s:.2f} |",
            flush=True,
        )
    several = seen[options.workers]
    wall, cpu = seen[1].wall_s / alone_s, seen[1].cpu_s / alone_cpu_s
    print(f"\none worker against clean_many: {wall:.2f}, processor {cpu:.2f}")
    print(f"{options.workers} workers against one: {seen[1].wall_s / several.wall_s:.2f} times as fast")
    print(f"processor seconds of {options.workers} workers against one: {several.cpu_s / seen[1].cpu_s:.2f}")


def clean_many(source: Path, options: Options) -> tuple[float, float]:
    """Return wall and processor seconds of cleaning the texts alone."""
    import spamguard
    from benchmarks.scale.standin import StandIn

    clean = StandIn()() if options.stand_in else spamguard.load().clean_many
    with source.open("rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    list(clean(texts[:16]))
    started_s, started_cpu_s = time.monotonic(), time.process_time()
    for _ in clean(texts):
        pass
    return time.monotonic() - started_s, time.process_time() - started_cpu_s


def memory(folder: Path, options: Options) -> None:
    """Print how much memory a run holds over time."""
    source = folder / "news.jsonl"
    write_lines(source, int(options.megabytes * 1e6), options.polluted)
    _tell(
        source.stat().st_size / 1e6,
        watch(command(source, folder, options.workers, options), Journal(folder / "out")),
    )


def files(folder: Path, options: Options) -> None:
    """Clean a folder of many small files."""
    source = folder / "news"
    write_folder(source, options.files, options.polluted)
    megabytes = sum(one.stat().st_size for one in os.scandir(source)) / 1e6
    seen = watch(command(source, folder, options.workers, options), Journal(folder / "out"))
    _tell(megabytes, seen)
    n_written = sum(1 for _ in os.scandir(folder / "out"))
    print(f"{options.files / seen.wall_s:,.0f} files a second; {n_written:,} results")


class Journal:
    """Measures a run's journal, in megabytes."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def __call__(self) -> float:
        """Return its size now."""
        try:
            return sum(one.stat().st_size for one in self._out.glob(".spamguard-run-*/*")) / 1e6
        except OSError:
            return 0.0


def _tell(megabytes: float, seen: Watched) -> None:
    """Print what was seen."""
    print(f"{megabytes:,.0f} MB in {seen.wall_s:,.0f} s, {megabytes / seen.wall_s:.2f} MB/s")
    print(f"processor {seen.cpu_s:,.0f} s")
    print(f"resident, all processes: {max(seen.resident):.0f} MB at most; by quarter {seen.quarters()}")
    print(f"largest process {seen.largest:.0f} MB; journal {seen.extra:.1f} MB at most")


if __name__ == "__main__":
    main()

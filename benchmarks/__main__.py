"""The command: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import spamguard
from benchmarks import costs, starting
from benchmarks.articles import Newsroom, articles_of
from benchmarks.comparison import comparison
from benchmarks.costs import Setting
from benchmarks.plots import draw
from benchmarks.stages import stages
from benchmarks.tables import Table, circumstances
from benchmarks.timing import CLOCKS, choose_clock

MEASUREMENTS: dict[str, Callable[[Setting], Table]] = {
    "roads": costs.roads,
    "peers": comparison,
    "latency": costs.latency,
    "short": costs.short_texts,
    "starting": starting.starting,
    "sizes": costs.sizes,
    "shapes": costs.shapes,
    "pollution": costs.pollution,
    "languages": costs.languages,
    "batches": costs.batches,
    "processes": costs.processes,
    "memory": starting.memory,
    "stages": stages,
}
RESULTS = Path(__file__).parent / "results"


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure spamguard's speed.")
    add = parser.add_argument
    add("--seconds", type=float, default=5.0, help="budget of each figure (default: 5)")
    add(
        "--only",
        nargs="+",
        choices=MEASUREMENTS,
        default=list(MEASUREMENTS),
        metavar="NAME",
        help=f"some of: {', '.join(MEASUREMENTS)}",
    )
    add("--model", type=Path, help="folder of a model (default: the shipped one)")
    add(
        "--data",
        type=Path,
        metavar="PATH",
        help="articles in place of our own: JSON lines, or a folder of them",
    )
    add("--seed", type=int, default=1, help="of all that is generated (default: 1)")
    add(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="processor: for a machine that is busy (default: wall)",
    )
    add("--out", type=Path, default=RESULTS, help="folder of the results")
    return parser.parse_args(words)


def _articles(data: Path | None, seed: int) -> list[str]:
    """Return the clean articles to measure on."""
    if data is not None:
        return articles_of(data, costs.N_ARTICLE_BYTES)
    return list(Newsroom(seed).articles(costs.N_ARTICLE_BYTES))


def main() -> None:
    """Measure, and write a page of tables with its pictures."""
    chosen = arguments_of(sys.argv[1:])
    choose_clock(chosen.clock)
    # Figures are for one core; NumPy's matrix products would take all of them. Read when NumPy is loaded.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    guard = spamguard.load(chosen.model)
    head = circumstances(guard.model_id, sys.argv[1:])
    setting = Setting(guard, chosen.seconds, chosen.seed, _articles(chosen.data, chosen.seed))
    tables: list[Table] = []
    pictures: list[str] = []
    chosen.out.mkdir(parents=True, exist_ok=True)
    page = chosen.out / "speed.md"
    for name in chosen.only:
        start = time.perf_counter()
        tables.append(MEASUREMENTS[name](setting))
        pictures += _pictures(tables[-1:], chosen.out)
        # Written each time, so that a run that is cut short leaves what it has.
        page.write_text(_page(head, tables, pictures), "utf-8")
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print(page.read_text("utf-8"))


def _pictures(tables: Sequence[Table], folder: Path) -> list[str]:
    """Draw, where Matplotlib is installed."""
    try:
        return draw(tables, folder)
    except ModuleNotFoundError as error:
        print(f"no pictures: {error.name} is not installed", file=sys.stderr)
        return []


def _page(head: str, tables: Sequence[Table], pictures: Sequence[str]) -> str:
    """Put the page together."""
    parts = ["# Speed", head]
    for table in tables:
        picture = f"{table.name}.svg"
        parts.append(table.markdown() + (f"\n![{table.title}]({picture})\n" if picture in pictures else ""))
    return "\n".join(parts)


if __name__ == "__main__":
    main()

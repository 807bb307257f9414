"""Timing that stays within a budget: medians of several runs, with their spread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

N_RUNS = 5
# What the first look may weigh, in bytes: enough to tell a speed roughly, cheap at 0.1 MB/s.
_FIRST_LOOK_BYTES = 20_000
_CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
CLOCKS = tuple(_CLOCKS)
_chosen = ["wall"]


@dataclass(frozen=True)
class Runs:
    """The same work, several times.

    Attributes
    ----------
    seconds
        What each run took.
    n_bytes
        What each run read, in bytes of UTF-8.
    n_texts
        How many texts that were.
    """

    seconds: tuple[float, ...]
    n_bytes: int
    n_texts: int = 1

    @property
    def median_s(self) -> float:
        """The median run."""
        return median(self.seconds)

    @property
    def mb_per_s(self) -> float:
        """Speed of the median run, in millions of bytes a second."""
        return self.n_bytes / self.median_s / 1e6

    @property
    def spread(self) -> str:
        """Slowest and fastest run, in MB/s."""
        slowest, fastest = (self.n_bytes / taken / 1e6 for taken in (max(self.seconds), min(self.seconds)))
        return f"{speed(slowest)} to {speed(fastest)}"


def speed(mb_per_s: float) -> str:
    """Write a figure with two or three telling digits."""
    return f"{mb_per_s:.3f}" if mb_per_s < 0.1 else f"{mb_per_s:.2f}" if mb_per_s < 10 else f"{mb_per_s:.0f}"


def weight(texts: Sequence[str]) -> int:
    """Bytes of UTF-8; a lone surrogate counts as its three bytes."""
    return sum(len(text.encode(errors="surrogatepass")) for text in texts)


def clock() -> float:
    """Return the seconds on the clock of this run; only differences mean anything."""
    return _CLOCKS[_chosen[0]]()


def choose_clock(name: str) -> None:
    """Measure by the ``"wall"`` clock or, where others are busy too, by ``"processor"`` time."""
    _chosen[0] = name


@contextmanager
def wall_clock() -> Iterator[None]:
    """Measure by the wall clock: this process's seconds say nothing of the work of others."""
    before, _chosen[0] = _chosen[0], "wall"
    try:
        yield
    finally:
        _chosen[0] = before


def timed(work: Callable[[], object], texts: Sequence[str], *, seconds: float, n_runs: int = N_RUNS) -> Runs:
    """Do the work once for its cold start, then up to ``n_runs`` times within about ``seconds``.

    Work that takes more than the budget is done once and not again; its only run is the cold one.
    """
    taken: list[float] = []
    began = clock()
    while len(taken) <= n_runs:
        start = clock()
        work()
        taken.append(clock() - start)
        if clock() - began + taken[-1] > seconds:
            break
    return Runs(tuple(taken[1:] or taken), weight(texts), len(texts))


def fitting(
    clean: Callable[[Sequence[str]], object], texts: Sequence[str], *, seconds: float, n_runs: int = N_RUNS
) -> list[str]:
    """Return the first texts: as many as can be cleaned ``n_runs`` times and once more in the budget."""
    first = _up_to(texts, _FIRST_LOOK_BYTES)
    clean(first)
    start = clock()
    clean(first)
    rate = weight(first) / (clock() - start)
    return _up_to(texts, rate * seconds / (n_runs + 1))


def _up_to(texts: Sequence[str], n_bytes: float) -> list[str]:
    """Return the first texts that weigh ``n_bytes`` together; at least one."""
    chosen, size = [], 0
    for text in texts:
        chosen.append(text)
        size += weight([text])
        if size >= n_bytes:
            break
    return chosen

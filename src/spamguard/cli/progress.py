"""How far a run is: a bar where somebody looks on, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import click
from tqdm import tqdm

from spamguard.batch.outcomes import Event, Outcome

# Seconds between two lines in a log.
LOG_EVERY_S = 30.0
_MB = 1e6


class Progress:
    """Counts bytes of originals and shows them with rate and time left.

    Parameters
    ----------
    total_bytes
        What there is to do; 0 where nobody knows.
    is_shown
        Whether a bar is drawn.
    is_logged
        Whether a line is written now and then, where there is no bar.
    clock
        Returns seconds.

    Examples
    --------
    >>> progress = Progress(1_000_000, is_shown=False)
    >>> progress.add(500_000)
    >>> progress.n_bytes
    500000
    """

    def __init__(
        self,
        total_bytes: int = 0,
        *,
        is_shown: bool = False,
        is_logged: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.n_bytes = 0
        self._in_file = 0
        self._total, self._is_logged, self._clock = total_bytes, is_logged and not is_shown, clock
        self._started_s = clock()
        self._due_s = self._started_s + LOG_EVERY_S
        self._bar: Any = None
        if is_shown:
            total = total_bytes or None
            self._bar = tqdm(total=total, unit="B", unit_scale=True, leave=False, file=sys.stderr)

    def add(self, n_bytes: int) -> None:
        """Count bytes of the file in hand."""
        self._in_file += n_bytes
        self._count(n_bytes)

    def note(self, event: Event) -> None:
        """Count what is left of a file that is done."""
        if isinstance(event, Outcome):
            self._count(event.n_bytes - self._in_file if event.n_bytes else 0)
            self._in_file = 0

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _count(self, n_bytes: int) -> None:
        """Count bytes, and show it when it is time."""
        self.n_bytes += n_bytes
        if self._bar is not None:
            self._bar.update(n_bytes)
        elif self._is_logged and self._clock() >= self._due_s:
            self._due_s = self._clock() + LOG_EVERY_S
            click.echo(self.line(), err=True)

    def line(self) -> str:
        """Return how far it is as a line: megabytes, share, rate, time left."""
        rate = self.n_bytes / max(self._clock() - self._started_s, 1e-9)
        line = f"{self.n_bytes / _MB:,.1f} MB at {rate / _MB:.2f} MB/s"
        if self._total and rate:
            left_s = round(max(0, self._total - self.n_bytes) / rate)
            share = min(1, self.n_bytes / self._total)
            hours, rest = divmod(left_s, 3600)
            line += f", {share:.0%}, {hours}:{rest // 60:02}:{rest % 60:02} left"
        return line

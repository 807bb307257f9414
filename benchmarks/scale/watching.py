"""A command and all processes that it starts: how long they run, and how much memory they hold."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

EVERY_S = 0.5


@dataclass(slots=True)
class Watched:
    """What was seen of a command.

    Parameters
    ----------
    wall_s, cpu_s
        Seconds from its start to its end; processor seconds of all its processes together, without
        the last half second of each.
    resident
        Resident megabytes of all its processes together, one entry each half second. Pages that they
        share count for each.
    largest
        The most that one process held, in megabytes.
    extra
        The most that the caller's own measure showed.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    resident: list[float] = field(default_factory=list)
    largest: float = 0.0
    extra: float = 0.0

    def quarters(self) -> list[int]:
        """Return the most that was held in each quarter of the time: alike, if memory does not grow."""
        n = max(1, -(-len(self.resident) // 4))
        return [round(max(self.resident[i : i + n])) for i in range(0, len(self.resident), n)]


def watch(command: Sequence[str], measure: Callable[[], float] = lambda: 0.0) -> Watched:
    """Run a command to its end and watch it.

    Parameters
    ----------
    command
        The command; it must succeed.
    measure
        Called each half second; its greatest value is kept.
    """
    seen, spent_s = Watched(), dict[int, float]()
    started_s = time.monotonic()
    with subprocess.Popen(command, stderr=subprocess.PIPE) as run:
        while run.poll() is None:
            family = _family(run.pid)
            spent_s |= {number: _processor_s(number) or spent_s.get(number, 0.0) for number in family}
            sizes = [_resident(number) for number in family]
            seen.resident.append(sum(sizes))
            seen.largest = max([seen.largest, *sizes])
            seen.extra = max(seen.extra, measure())
            time.sleep(EVERY_S)
        assert run.stderr is not None
        told = run.stderr.read().decode()
    seen.wall_s = time.monotonic() - started_s
    seen.cpu_s = sum(spent_s.values())
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{told}")
    return seen


def _family(top: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):
                fields = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [top]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _processor_s(number: int) -> float:
    """Return the processor seconds of a process; 0 once it is gone."""
    with suppress(OSError, IndexError, ValueError):
        fields = Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _resident(number: int) -> float:
    """Return the resident megabytes of a process; 0 once it is gone."""
    with suppress(OSError, IndexError, ValueError):
        pages = int(Path("/proc", str(number), "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0

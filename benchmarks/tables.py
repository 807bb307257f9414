"""What was measured, as tables that a reader sees and points that a plot takes."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """One measurement.

    Attributes
    ----------
    name
        Of its file, and how ``--only`` calls it.
    title, columns, rows, note
        What the reader sees.
    points
        What a plot takes: label, x, y.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    note: str = ""
    points: Sequence[tuple[str, float, float]] = ()

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"## {self.title}\n\n{body}\n" + (f"\n{self.note}\n" if self.note else "")


def _processor() -> str:
    """Name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _version(package: str) -> str:
    """Version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def circumstances(model_id: str, arguments: Sequence[str]) -> str:
    """Say when, where and how was measured; and how busy the machine was."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    facts = (
        ("date", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("command", f"`python -m benchmarks {shlex.join(arguments)}`".replace(" `", "`")),
        ("machine", f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"),
        ("load at the start (1, 5, 15 minutes)", load),
        ("Python", sys.version.split()[0]),
        ("NumPy, scikit-learn", f"{_version('numpy')}, {_version('scikit-learn')}"),
        ("model", model_id),
    )
    return "\n".join(f"- {name}: {value}" for name, value in facts) + "\n"

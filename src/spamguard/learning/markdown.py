"""Figures as Markdown tables, and their place in a document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from spamguard.errors import InputError

_FIGURES = re.compile(r"(<!-- figures: begin.*?-->\n).*?(<!-- figures: end -->)", re.DOTALL)


def table(first: str, rows: Mapping[str, Mapping[str, float | None]], columns: Sequence[str]) -> str:
    """Render measures by name, one line each.

    Parameters
    ----------
    first
        Heading of the names' column.
    rows
        Measures by name.
    columns
        Which measures to show, in this order.

    Examples
    --------
    >>> print(table("profile", {"newsroom": {"recall": 0.9, "lost": None}}, ["recall", "lost"]))
    | profile | recall | lost |
    |---|---|---|
    | newsroom | 0.9 | - |
    """
    lines = [f"| {first} | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for name, row in rows.items():
        cells = ("-" if row[column] is None else f"{row[column]:,}" for column in columns)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def put_figures(path: Path, figures: str) -> None:
    """Write figures between a document's marks, ``<!-- figures: begin … -->`` and ``<!-- figures: end -->``.

    Raises
    ------
    InputError
        If the document has no such marks.
    """
    text = path.read_text("utf-8")
    if not _FIGURES.search(text):
        raise InputError(f"{path}: no '<!-- figures: begin -->' and '<!-- figures: end -->' to write between")
    path.write_text(_FIGURES.sub(lambda found: f"{found[1]}{figures}\n{found[2]}", text), "utf-8")

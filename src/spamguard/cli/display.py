"""Texts on a terminal: escaped, marked, in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import click

from spamguard.result import CleanResult, restore
from spamguard.seams import Edit

# Characters of a line that are shown to either side of a removal.
CONTEXT_CHARS = 60
# Control characters could steer the terminal, and bidirectional ones turn the line around.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SIGNS = {"\n": "⏎", "\r": "", "\t": "\t"}


def visible(text: str) -> str:
    r"""Return a text that shows as one line and cannot steer a terminal.

    Examples
    --------
    >>> visible("ad\r\n\x1b[2J")
    'ad⏎\\x1b[2J'
    """
    return _UNSAFE.sub(lambda found: _SIGNS.get(found[0], ascii(found[0])[1:-1]), text)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align rows of cells: the first column to the left, the others to the right.

    Examples
    --------
    >>> columns([("", "recall"), ("all", "0.9")])
    ['     recall', 'all     0.9']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]


@dataclass(slots=True)
class _Hunk:
    """A stretch of the raw text with the removals that are shown in it."""

    start: int
    end: int
    edits: list[Edit]


def render_diff(name: str, result: CleanResult) -> str:
    """Show what a cleaning removed, in its lines.

    Parameters
    ----------
    name
        The document's name, for the heading.
    result
        The cleaning.

    Returns
    -------
    str
        Lines with their numbers, every removal as red ``[-text-]``; empty if nothing was removed.
    """
    if not result.changed:
        return ""
    raw = restore(result)
    lines = [click.style(f"--- {visible(name)}", bold=True)]
    number, counted = 1, 0
    for hunk in _hunks(raw, result.edits):
        number += raw.count("\n", counted, hunk.start)
        counted = hunk.start
        lines.append(f"{click.style(f'{number:>6}:', dim=True)} {_render(raw, hunk)}")
    return "\n".join(lines) + "\n"


def _hunks(raw: str, edits: Sequence[Edit]) -> list[_Hunk]:
    """Group removals whose surroundings overlap."""
    hunks: list[_Hunk] = []
    for edit in edits:
        start = max(0, edit.start - CONTEXT_CHARS)
        start = max(start, raw.rfind("\n", start, edit.start) + 1)
        end = raw.find("\n", edit.end, edit.end + CONTEXT_CHARS)
        end = min(len(raw), edit.end + CONTEXT_CHARS) if end < 0 else end
        if hunks and start < hunks[-1].end:
            hunks[-1].end = end
            hunks[-1].edits.append(edit)
        else:
            hunks.append(_Hunk(start, end, [edit]))
    return hunks


def _render(raw: str, hunk: _Hunk) -> str:
    """Write a hunk as one line with its removals marked."""
    pieces, position = [], hunk.start
    for edit in hunk.edits:
        pieces.append(visible(raw[position : edit.start]))
        pieces.append(click.style(f"[-{visible(edit.text)}-]", fg="red"))
        position = edit.end
    pieces.append(visible(raw[position : hunk.end]).rstrip("⏎"))
    before = "…" if hunk.start and raw[hunk.start - 1] != "\n" else ""
    after = "…" if hunk.end < len(raw) and raw[hunk.end] not in "\r\n" else ""
    return before + "".join(pieces) + after

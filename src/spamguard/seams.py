"""What a removal takes along, the edits that remove it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spamguard.errors import ResultError
from spamguard.spans import Interval, complement, merge

# A line ends where str.splitlines would end it in plain text; form feeds and the like are content.
LINE_BREAKS = "\n\r\u2028\u2029\u0085"
SPACES = " \u00a0\u3000\u2002\u2003\u2009\u202f"
BLANKS = SPACES + "\t"


@dataclass(frozen=True, slots=True)
class Edit:
    """One removed stretch of the raw text: a span, or several, with its seam.

    Parameters
    ----------
    start, end
        Half-open code-point offsets into the raw text.
    text
        The raw text between them, which :func:`restore` puts back.

    Examples
    --------
    >>> Edit(0, 3, "ad ").text
    'ad '
    """

    start: int
    end: int
    text: str


def _with_blanks(text: str, start: int, end: int) -> Interval:
    """Bounds of the interval with the blanks on either side."""
    first, last = start, end
    while first > 0 and text[first - 1] in BLANKS:
        first -= 1
    while last < len(text) and text[last] in BLANKS:
        last += 1
    return first, last


def fills_lines(text: str, start: int, end: int) -> bool:
    """Whether nothing but blanks stands beside the interval on its first and last line."""
    first, last = _with_blanks(text, start, end)
    starts = first == 0 or text[first - 1] in LINE_BREAKS
    return starts and (last == len(text) or text[last] in LINE_BREAKS)


def _break_after(text: str, at: int) -> int:
    """Length of the line break that starts at ``at``: 0, 1, or 2 for CR LF."""
    if at >= len(text) or text[at] not in LINE_BREAKS:
        return 0
    return 2 if text.startswith("\r\n", at) else 1


def _break_before(text: str, at: int) -> int:
    """Length of the line break that ends at ``at``: 0, 1, or 2 for CR LF."""
    if at == 0 or text[at - 1] not in LINE_BREAKS:
        return 0
    return 2 if at > 1 and text[at - 2 : at] == "\r\n" else 1


def widen(text: str, start: int, end: int) -> Interval:
    r"""Add to a span the seam that its removal takes along.

    A span that fills its line (blanks apart) takes the line with its break, or the break before it on
    the last line. Any other span takes one adjoining space: the one behind it, at a line's end
    the one before.

    Parameters
    ----------
    text
        The text that holds the span.
    start, end
        Half-open code-point offsets of the span.

    Returns
    -------
    (int, int)
        Offsets of the span with its seam.

    Examples
    --------
    >>> widen("ad good", 0, 2), widen("good ad", 5, 7), widen("one\nad\ntwo", 4, 6)
    ((0, 3), (4, 7), (4, 7))
    """
    first, last = _with_blanks(text, start, end)
    if fills_lines(text, start, end):
        if after := _break_after(text, last):
            return first, last + after
        return first - _break_before(text, first), last
    if end < len(text) and text[end] in SPACES:
        return start, end + 1
    at_line_end = end == len(text) or text[end] in LINE_BREAKS
    if at_line_end and start > 0 and text[start - 1] in SPACES:
        return start - 1, end
    return start, end


def edits_for(text: str, intervals: Sequence[Interval]) -> list[Interval]:
    r"""Widen intervals by their seams and join what then touches.

    Intervals that stand side by side with only blanks between them leave the text together, so that two
    ads which fill a line between them take the line; so do ads that fill neighbouring lines, so that a
    block at the text's end takes the break before it.

    Parameters
    ----------
    text
        The text that holds the spans.
    intervals
        Half-open code-point offsets, in any order.

    Returns
    -------
    list of (int, int)
        Disjoint, ascending.

    Examples
    --------
    >>> edits_for("ad ad\ngood\nad\nad", [(0, 2), (3, 5), (11, 13), (14, 16)])
    [(0, 6), (10, 16)]
    """
    joined: list[Interval] = []
    for start, end in merge(intervals):
        if joined and not text[joined[-1][1] : start].strip(BLANKS):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    blocks: list[Interval] = []
    filled = False
    for start, end in joined:
        fills = fills_lines(text, start, end)
        if blocks and filled and fills and _are_neighbours(text, blocks[-1][1], start):
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
        filled = fills
    return merge(widen(text, start, end) for start, end in blocks)


def _are_neighbours(text: str, end: int, start: int) -> bool:
    """Whether only blanks and one line break stand between two positions."""
    gap = text[end:start].strip(BLANKS)
    return len(gap) in (1, 2) and _break_after(gap, 0) == len(gap)


def remove(text: str, edits: Sequence[Interval]) -> str:
    """Return ``text`` without the disjoint ascending intervals ``edits``."""
    return "".join(text[start:end] for start, end in complement(edits, len(text)))


def put_back(cleaned: str, edits: Sequence[Edit]) -> str:
    """Undo :func:`remove`.

    Parameters
    ----------
    cleaned
        The text after the removal.
    edits
        The removed stretches, disjoint and ascending, offsets into the raw text.

    Raises
    ------
    ResultError
        If the edits overlap, are out of order, do not fit their text or reach past the end.
    """
    pieces: list[str] = []
    position = taken = 0
    for number, edit in enumerate(edits):
        keep = edit.start - position
        if keep < 0 or edit.end - edit.start != len(edit.text) or taken + keep > len(cleaned):
            raise ResultError(
                f"edit {number} ({edit.start}..{edit.end}) does not fit: edits must be ascending, "
                f"disjoint, as long as their text, and within the raw text"
            )
        pieces += [cleaned[taken : taken + keep], edit.text]
        taken += keep
        position = edit.end
    pieces.append(cleaned[taken:])
    return "".join(pieces)

"""Offsets that other programs counted: verified against quotes, and repaired where they count UTF-16.

JavaScript counts a character beyond U+FFFF, such as an emoji, twice. Tools whose pages do the counting
write such offsets (label-studio issues 539 and 1347, doccano pull request 99, argilla issue 5729).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate

from spamguard.errors import InputError
from spamguard.learning.labels.record import RawLabel, RawMark
from spamguard.spans import Interval

_LAST_SHORT = 0xFFFF


class Counting(Enum):
    """What a file counts: code points, or units of UTF-16."""

    CODE_POINTS = "code points"
    UTF_16 = "UTF-16"


class Utf16:
    r"""Turns UTF-16 offsets into a text into code points.

    Parameters
    ----------
    text
        Any string.

    Examples
    --------
    >>> Utf16("\U0001f600 ad").span(3, 5)
    (2, 4)
    """

    def __init__(self, text: str) -> None:
        self._at = [0, *accumulate(1 + (ord(c) > _LAST_SHORT) for c in text)]

    def span(self, start: int, end: int) -> Interval | None:
        """Return the same span in code points; None if an end is out of range or inside a character."""
        found = tuple(bisect_left(self._at, offset) for offset in (start, end))
        if any(i >= len(self._at) or self._at[i] != o for i, o in zip(found, (start, end), strict=True)):
            return None
        return found[0], found[1]


def is_inside_word(text: str, offset: int) -> bool:
    """Say whether an offset parts two letters or digits of a script that puts spaces between its words.

    Examples
    --------
    >>> is_inside_word("one two", 2), is_inside_word("one two", 3), is_inside_word("夜网", 1)
    (True, False, False)
    """
    if not 0 < offset < len(text):
        return False
    return all(c.isalnum() and (c.isascii() or c.lower() != c.upper()) for c in text[offset - 1 : offset + 1])


def counting_of(labels: Sequence[RawLabel]) -> Counting:
    """Find out what the records of one file count, from all of them together.

    Parameters
    ----------
    labels
        The records of one file.

    Returns
    -------
    Counting
        UTF-16 where the quotes say so, or, in records without quotes, where code points would end in the
        middle of words or past the text, and UTF-16 does not.
    """
    votes = {Counting.CODE_POINTS: 0, Counting.UTF_16: 0}
    for label in labels:
        if label.marks and not label.text.isascii() and any(ord(c) > _LAST_SHORT for c in label.text):
            utf16 = Utf16(label.text)
            for mark in label.marks:
                as_points = _faults(label.text, mark, (mark.start, mark.end))
                as_units = _faults(label.text, mark, utf16.span(mark.start, mark.end))
                votes[Counting.UTF_16] += as_points > as_units
                votes[Counting.CODE_POINTS] += as_points < as_units
    return max(votes, key=lambda counting: votes[counting])


def _faults(text: str, mark: RawMark, span: Interval | None) -> int:
    """Count what speaks against a reading of a mark."""
    if span is None or not 0 <= span[0] < span[1] <= len(text):
        return 3
    if mark.quote is not None:
        return 3 * (text[span[0] : span[1]] != mark.quote)
    return is_inside_word(text, span[0]) + is_inside_word(text, span[1])


def settle(label: RawLabel, mark: RawMark, number: int, counting: Counting) -> Interval:
    """Return a mark's offsets in code points.

    Parameters
    ----------
    label, mark, number
        The record, its mark, and which one it is.
    counting
        What the file counts; where a quote contradicts it, the quote is believed.

    Raises
    ------
    InputError
        If the offsets lie outside of the text, or fit the quote in neither counting.
    """
    for reading in sorted(Counting, key=lambda one: one is not counting):
        # Most files count code points: only where that fails is a long text gone through for each mark.
        is_utf16 = reading is Counting.UTF_16
        span = Utf16(label.text).span(mark.start, mark.end) if is_utf16 else (mark.start, mark.end)
        if span is not None and not _faults(label.text, mark, span) // 3:
            return span
    place, length = f"{label.place}: span {number}", len(label.text)
    if not 0 <= mark.start < mark.end <= length:
        raise InputError(
            f"{place}: start and end must be 0 <= start < end <= {length}, the length of the text in code "
            f"points, got {mark.start} and {mark.end}"
        )
    raise InputError(
        f"{place}: the text from {mark.start} to {mark.end} is not the quote, neither in code points nor in "
        f"UTF-16 units; mark it again, or mend start, end or quote"
    )

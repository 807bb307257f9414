"""Removing in rounds: what one removal uncovers the next takes, and all offsets speak of the raw text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from spamguard.result import CleanResult, restore
from spamguard.seams import Edit, edits_for, remove
from spamguard.spans import Interval, Span, complement, merge

# A removal can uncover another ad. Real pages settle after two rounds; the bound keeps the time linear.
MAX_ROUNDS = 12


class _WayBack:
    """The way from what is left of a text to the raw text.

    Parameters
    ----------
    removed
        What was taken so far: disjoint ascending intervals of the raw text.
    length
        Length of the raw text.
    """

    def __init__(self, removed: Sequence[Interval], length: int) -> None:
        kept = complement(removed, length)
        self._starts = [start for start, _ in kept]
        self._positions = [0, *accumulate(end - start for start, end in kept)]

    def to_raw(self, start: int, end: int) -> Interval:
        """Map an interval, ``start < end``; what was removed between the two ends falls inside the result."""
        return self._raw(start), self._raw(end - 1) + 1

    def _raw(self, position: int) -> int:
        """Map the position of one character."""
        piece = bisect_right(self._positions, position) - 1
        return self._starts[piece] + position - self._positions[piece]


def _absorb(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap; the joined one keeps its best member's score and category."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            best = max(last, span, key=lambda member: member.score)
            end = max(last.end, span.end)
            joined[-1] = replace(best, start=last.start, end=end, text=text[last.start : end])
        else:
            joined.append(span)
    return tuple(joined)


class Rounds:
    """One text on its way: what is left of it, and what was taken so far.

    Parameters
    ----------
    text
        The raw text.

    Examples
    --------
    >>> rounds = Rounds("ad good")
    >>> rounds.take([Span(0, 2, "ad", 0.9, "other")])
    True
    >>> rounds.left, rounds.result().edits[0].text
    ('good', 'ad ')
    """

    def __init__(self, text: str) -> None:
        self.raw = self.left = text
        self.spans: list[Span] = []
        self.removed: list[Interval] = []

    def take(self, found: Sequence[Span]) -> bool:
        """Remove the spans found in what is left; say whether another look is due."""
        if not found:
            return False
        way_back = _WayBack(self.removed, len(self.raw))
        for span in found:
            start, end = way_back.to_raw(span.start, span.end)
            self.spans.append(replace(span, start=start, end=end, text=self.raw[start:end]))
        edits = edits_for(self.left, [(span.start, span.end) for span in found])
        self.removed = merge([*self.removed, *(way_back.to_raw(*edit) for edit in edits)])
        self.left = remove(self.left, edits)
        return True

    def result(self) -> CleanResult:
        """Return what was done as offsets into the raw text."""
        edits = tuple(Edit(start, end, self.raw[start:end]) for start, end in self.removed)
        return CleanResult(self.left, _absorb(self.raw, self.spans), edits)


def take_more(result: CleanResult, found: Sequence[Span]) -> CleanResult:
    """Remove further spans from a cleaned text, as one more round of its cleaning.

    Parameters
    ----------
    result
        A cleaning.
    found
        Spans of ``result.text``, ascending and disjoint.

    Returns
    -------
    CleanResult
        Offsets speak of the raw text.

    Raises
    ------
    ResultError
        If the result's edits do not fit its text.

    Examples
    --------
    >>> take_more(CleanResult("ad good"), [Span(0, 2, "ad", 0.4, "other")]).text
    'good'
    """
    rounds = Rounds(restore(result))
    rounds.left = result.text
    rounds.spans = list(result.spans)
    rounds.removed = [(edit.start, edit.end) for edit in result.edits]
    rounds.take(found)
    return rounds.result()

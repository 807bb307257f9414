"""Errors shown in their context: what stands around them, what was rightly removed, what was not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from spamguard.learning.evaluation import Outcome
from spamguard.learning.mistakes import Error, errors_of
from spamguard.learning.report.drawing import escape
from spamguard.spans import Interval, merge

CONTEXT_CHARS = 160
_MOST_CHARS = 400
# Characters that show nothing by themselves, with what stands for them.
_INVISIBLE = {
    ord(char): "·" for char in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2028\u2029\u2066\u2067\u2068\u2069"
}
_INVISIBLE |= {code: "·" for code in range(0x202A, 0x202F)} | {ord("\n"): " ⏎ ", ord("\r"): ""}


def worst(outcomes: Iterable[Outcome], most: int) -> list[tuple[Error, Outcome]]:
    """Return the worst errors: lost genuine text first, then missed spam, the longest first.

    Parameters
    ----------
    outcomes
        Cases with their results.
    most
        How many errors of each of the two sorts, one of a case at most.
    """
    ranked: dict[bool, list[tuple[Error, Outcome]]] = {True: [], False: []}
    for outcome in outcomes:
        errors = errors_of(*outcome)
        for lost, found in ranked.items():
            own = [error for error in errors if error.lost == lost]
            if own:
                found.append((max(own, key=_weight), outcome))
    for found in ranked.values():
        found.sort(key=lambda pair: _weight(pair[0]), reverse=True)
    return ranked[True][:most] + ranked[False][:most]


def _weight(error: Error) -> int:
    """How bad an error is beside others of its sort: its characters."""
    return error.end - error.start


def in_context(error: Error, outcome: Outcome, context_chars: int = CONTEXT_CHARS) -> str:
    """Return an error as HTML: a piece of its text, marked by what became of each part.

    Parameters
    ----------
    error
        One of the case's errors.
    outcome
        The case with its result.
    context_chars
        How much to show to either side.

    Returns
    -------
    str
        Escaped text in which ``del`` was rightly removed, ``mark.lost`` wrongly removed and
        ``mark.missed`` wrongly left.
    """
    case, result = outcome
    low = max(0, error.start - context_chars)
    high = min(len(case.text), error.end + context_chars, error.start + _MOST_CHARS)
    found = merge((span.start, span.end) for span in result.spans)
    pieces = []
    for start, end in _cuts(low, high, [*case.spans, *found]):
        tag = _TAGS[_inside(start, case.spans), _inside(start, found)]
        shown = escape(case.text[start:end].translate(_INVISIBLE))
        pieces.append(f"<{tag}>{shown}</{tag.partition(' ')[0]}>" if tag else shown)
    before, after = "…" if low else "", "…" if high < len(case.text) else ""
    return f"{before}{''.join(pieces)}{after}"


# By whether a stretch is spam, and whether it was removed.
_TAGS = {
    (True, True): "del",
    (True, False): 'mark class="missed"',
    (False, True): 'mark class="lost"',
    (False, False): "",
}


def _cuts(low: int, high: int, intervals: Iterable[Interval]) -> list[Interval]:
    """Cut a stretch wherever an interval begins or ends."""
    ends = {offset for interval in intervals for offset in interval if low < offset < high}
    places = sorted({low, high, *ends})
    return list(pairwise(places))


def _inside(position: int, intervals: Sequence[Interval]) -> bool:
    """Whether one of the intervals covers a position."""
    return any(start <= position < end for start, end in intervals)

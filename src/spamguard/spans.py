"""Spans of spam in a raw text, and the only algebra on intervals.

All offsets are half-open code-point indices into the text as received.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Category = Literal[
    "adult",
    "gambling",
    "pharma",
    "finance",
    "documents",
    "goods",
    "seo",
    "services",
    "piracy",
    "other",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """One injected piece of spam in a raw text.

    Parameters
    ----------
    start, end
        Half-open code-point offsets into the raw text, ``0 <= start < end``.
    text
        The raw text between the offsets.
    score
        Calibrated probability that the span is spam, 0 to 1.
    category
        One of :data:`CATEGORIES`.

    Examples
    --------
    >>> Span(0, 4, "spam", 0.99, "other").end
    4
    """

    start: int
    end: int
    text: str
    score: float
    category: Category


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that overlap or touch.

    Parameters
    ----------
    intervals
        Half-open intervals in any order; empty ones are dropped.

    Returns
    -------
    list of (int, int)
        Disjoint, ascending intervals that cover the same positions.

    Examples
    --------
    >>> merge([(4, 6), (0, 2), (2, 3), (5, 9)])
    [(0, 3), (4, 9)]
    """
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def complement(intervals: Sequence[Interval], length: int) -> list[Interval]:
    """Return what ``intervals`` leave of ``range(length)``.

    Parameters
    ----------
    intervals
        Disjoint ascending intervals, as :func:`merge` returns them.
    length
        Number of positions, at least the last interval's end.

    Examples
    --------
    >>> complement([(2, 3), (5, 9)], 10)
    [(0, 2), (3, 5), (9, 10)]
    """
    starts = [0, *(end for _, end in intervals)]
    ends = [*(start for start, _ in intervals), length]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]

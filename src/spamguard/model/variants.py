"""Candidate spans with their ends moved about, and the choice of the best."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from spamguard.features.place import N_SCRIPTS
from spamguard.model.decoding import Tag
from spamguard.model.tagger import Tagged
from spamguard.spans import Interval
from spamguard.text.classes import CharClass

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
# How many tokens a candidate's start and end may be moved by (EXPERIMENTS.md, 7).
START_SHIFTS = (-2, -1, 0, 1, 2)
END_SHIFTS = (-3, -2, -1, 0, 1, 2, 3)
# Two candidates at most this many tokens apart on one line may be one ad.
_JOIN_REACH = 12
# Cuts on either side of an end that are tried too.
_N_CUTS = 3
# Tokens inside a candidate at which the tagger would soonest have it start, or end, that are tried too.
_N_INNER = 3
# Variants of a candidate that are weighed: of 1,550 ads, all but one have their best among these
# (EXPERIMENTS.md, 16).
_MOST_WEIGHED = 12
_SEPARATORS = (
    CharClass.STOP,
    CharClass.OPEN,
    CharClass.CLOSE,
    CharClass.QUOTE,
    CharClass.PIPE,
    CharClass.BULLET,
)


@dataclass(frozen=True)
class Variants:
    """Candidate spans with their ends moved about.

    Attributes
    ----------
    first, last
        int64, shape (v,): half-open token ranges.
    owner
        int64, shape (v,): number of the candidate that a variant belongs to, ascending.
    """

    first: Index
    last: Index
    owner: Index


def variants_of(spans: Sequence[Interval], tagged: Tagged) -> Variants:
    """Move the ends of candidates about, within their lines and clear of each other.

    Parameters
    ----------
    spans
        Half-open token ranges, ascending, disjoint, none empty, none across lines.
    tagged
        Their batch.

    Returns
    -------
    Variants
        Each candidate itself among them.
    """
    tokens = tagged.tokens
    cuts = np.flatnonzero(_likely_edges(tagged)).tolist()
    begins, closes = (chance.tolist() for chance in _ends(tagged))
    found: list[tuple[int, int, int]] = []
    for number, (first, last) in enumerate(spans):
        low, high = int(tokens.line_start[first]), int(tokens.line_end[first])
        join = None
        if number and spans[number - 1][1] > low:
            low = spans[number - 1][1]
        if number + 1 < len(spans) and spans[number + 1][0] < high:
            join = spans[number + 1][1] if spans[number + 1][0] - last <= _JOIN_REACH else None
            high = spans[number + 1][0]
        starts = {first + shift for shift in START_SHIFTS} | {low} | _nearest(cuts, first)
        ends = {last + shift for shift in END_SHIFTS} | {high} | _nearest(cuts, last)
        starts |= _best_places(begins, first, last)
        ends |= {place + 1 for place in _best_places(closes, first, last)}
        kept = {(a, b) for a in starts for b in ends if low <= a < b <= high and a < last and b > first}
        if join is not None:
            kept.add((first, join))
        found += [(a, b, number) for a, b in sorted(kept)]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Variants(table[:, 0], table[:, 1], table[:, 2])


def likeliest(variants: Variants, tagged: Tagged) -> Variants:
    """Keep the variants of each candidate whose ends the tagger finds likeliest.

    Parameters
    ----------
    variants
        Variants of candidates, grouped by owner.
    tagged
        Their batch.

    Returns
    -------
    Variants
        At most twelve of each owner, in the order they had.
    """
    begins, closes = _ends(tagged)
    chance = begins[variants.first] + closes[variants.last - 1]
    best_first = np.lexsort((-chance, variants.owner))
    start = np.searchsorted(variants.owner, variants.owner)
    kept = np.sort(best_first[np.arange(len(start)) - start < _MOST_WEIGHED])
    return Variants(variants.first[kept], variants.last[kept], variants.owner[kept])


def _ends(tagged: Tagged) -> tuple[Floats, Floats]:
    """Log-probability that an ad starts with a token, and that it ends with it."""
    chances = tagged.log_probabilities
    begins = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    return begins, np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])


def _likely_edges(tagged: Tagged) -> NDArray[np.bool_]:
    """Mark the tokens before which an ad may well start or end: other script, or another sentence."""
    kind = np.minimum(tagged.context.kind, N_SCRIPTS)
    token_class = tagged.tokens.token_class
    edges = np.zeros(len(kind), dtype=bool)
    edges[1:] = (kind[1:] != kind[:-1]) & (kind[1:] < N_SCRIPTS)
    edges[1:] |= np.isin(token_class[:-1], _SEPARATORS) | np.isin(token_class[1:], _SEPARATORS)
    # What stands before a document in its batch says nothing about it.
    edges[1:] &= tagged.tokens.doc[1:] == tagged.tokens.doc[:-1]
    return edges


def _nearest(cuts: list[int], at: int) -> set[int]:
    """Return the few cuts next to a position, on either side."""
    place = bisect_left(cuts, at)
    return set(cuts[max(0, place - _N_CUTS) : place + _N_CUTS])


def _best_places(chances: list[float], first: int, last: int) -> set[int]:
    """Return the few places of a half-open range with the highest values, of equal ones the first."""
    return set(nlargest(_N_INNER, range(first, last), key=chances.__getitem__))


def best_variants(variants: Variants, exactness: Floats) -> list[int]:
    """Choose one variant a candidate.

    Parameters
    ----------
    variants
        Variants of candidates, grouped by owner.
    exactness
        float32, shape (v,): log-probability that a variant's ends are the right ones.

    Returns
    -------
    list of int
        Numbers of the chosen variants, ascending and disjoint: a candidate that the one before swallowed is
        left out.
    """
    chosen: list[int] = []
    bounds = np.flatnonzero(np.diff(variants.owner, prepend=-1, append=-1))
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if chosen and variants.last[chosen[-1]] > variants.first[start:stop].max():
            continue
        free = np.arange(start, stop)
        if chosen:
            free = free[variants.first[free] >= variants.last[chosen[-1]]]
        chosen.append(int(free[exactness[free].argmax()]))
    return chosen

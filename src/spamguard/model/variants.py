"""Candidate spans with their ends moved about, and the choice of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    cuts = np.flatnonzero(_likely_edges(tagged))
    chances = tagged.log_probabilities
    begins = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    closes = np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])
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
        starts |= _likeliest(begins[first:last], first)
        ends |= _likeliest(closes[first:last], first + 1)
        kept = {(a, b) for a in starts for b in ends if low <= a < b <= high and a < last and b > first}
        if join is not None:
            kept.add((first, join))
        found += [(a, b, number) for a, b in sorted(kept)]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Variants(table[:, 0], table[:, 1], table[:, 2])


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


def _nearest(cuts: Index, at: int) -> set[int]:
    """Return the few cuts next to a position, on either side."""
    place = int(np.searchsorted(cuts, at))
    return set(cuts[max(0, place - _N_CUTS) : place + _N_CUTS].tolist())


def _likeliest(log_probabilities: Floats, offset: int) -> set[int]:
    """Return the positions of the few highest values, moved by an offset."""
    return set((np.argsort(-log_probabilities, kind="stable")[:_N_INNER] + offset).tolist())


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

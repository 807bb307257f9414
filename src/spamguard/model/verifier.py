"""The second look: each candidate span as a whole, in its place, with its ends moved about."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from spamguard.features.language import joint_usual
from spamguard.features.windows import running
from spamguard.model.decoding import Tag
from spamguard.model.network import Network
from spamguard.model.tagger import Tagged
from spamguard.model.variants import best_variants, likeliest, variants_of
from spamguard.spans import Interval
from spamguard.text.classes import CharClass
from spamguard.text.tokens import TokenBatch

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Tokens on either side whose certainty is looked at.
_AROUND = 4
# Columns that differ from token to token: worth looking at on their own at a candidate's edges.
_EDGE_PREFIXES = (
    "score",
    "pair",
    "triple",
    "closes",
    "fit in token",
    "misfit in ±3",
    "capital",
    "digit",
    "length",
    "space",
    "letter at",
    "solo at",
    "stop at",
    "comma at",
    "kind",
    "own script in ±3",
    "run ",
    "sentence start",
    "in ",
    "repeated",
    "from segment",
    "to segment",
    "glued",
    "opener at",
    "closer at",
    "sign at",
    "digit at",
    "edge at",
)
_OWN_NAMES = (
    "mean certainty",
    "least certainty",
    "best certainty",
    "certainty of its first token",
    "certainty of its last token",
    "certainty just before",
    "certainty just behind",
    "mean certainty around",
    "certainty of its start",
    "certainty of its end",
    "length",
    "share of its line",
    "share of its document",
    "something before",
    "something behind",
    "space before",
    "space behind",
    "mark before",
    "mark behind",
    "in quotes or brackets",
    "sentence ends before",
    "capital behind",
    "ends in a full stop",
    "text closes over the gap",
    "text closes, seen from before",
    "text closes, seen from behind",
    "pair at its start",
    "pair at its end",
    "other candidates",
    "length of the document",
)
# Vectors of the reader's last layer that a candidate is seen by.
_N_READ = 5
# Variants that are weighed at once: 15 MB of features.
_VARIANTS_AT_ONCE = 4_096
_MARKS = (CharClass.QUOTE, CharClass.OPEN, CharClass.CLOSE)


class Verdict(IntEnum):
    """What a candidate is: no spam, spam with wrong ends, or spam with the right ends."""

    HAM = 0
    INEXACT = 1
    EXACT = 2


def spam_log_odds(chances: Floats) -> Floats:
    """Log-odds of spam, whatever the ends.

    Parameters
    ----------
    chances
        float32, shape (v, 3): log-probabilities of the verdicts.

    Returns
    -------
    float32, shape (v,)
    """
    odds: Floats = (
        np.logaddexp(chances[:, Verdict.INEXACT], chances[:, Verdict.EXACT]) - chances[:, Verdict.HAM]
    )
    return odds


@cache
def _edge_columns(names: tuple[str, ...]) -> Index:
    """Numbers of the columns that are looked at on a candidate's edges."""
    return np.array([i for i, name in enumerate(names) if name.startswith(_EDGE_PREFIXES)], dtype=np.int64)


def feature_names(tagged: Tagged) -> list[str]:
    """Name the columns of :func:`candidate_features`; those of the reader's last layer have empty names."""
    names = tagged.context.names
    edge = [names[i] for i in _edge_columns(tuple(names))]
    at_edges = [
        f"{name}, {where}" for where in ("first token", "last token", "token behind") for name in edge
    ]
    unnamed = [""] * (_N_READ * tagged.hidden.shape[1])
    return [*(f"{name}, mean" for name in names), *at_edges, *_OWN_NAMES, *unnamed]


def candidate_features(tagged: Tagged, pairs: NDArray[np.uint8], first: Index, last: Index) -> Floats:
    """Describe spans of tokens as wholes in their places.

    Parameters
    ----------
    tagged
        The batch.
    pairs
        How usual pairs of tokens are (see :class:`spamguard.features.language.LanguageTables`).
    first, last
        int64, shape (v,): half-open token ranges, none empty.

    Returns
    -------
    float32, shape (v, d)
    """
    matrix = tagged.context.matrix
    edge = _edge_columns(tuple(tagged.context.names))
    behind = matrix[np.minimum(last, len(matrix) - 1)][:, edge]
    behind[last >= tagged.tokens.line_end[first]] = 0
    return np.concatenate(
        [
            _means(matrix, first, last),
            matrix[first][:, edge],
            matrix[last - 1][:, edge],
            behind,
            _own_features(tagged, pairs, first, last),
            *_as_read(tagged, first, last),
        ],
        axis=1,
    )


def _as_read(tagged: Tagged, first: Index, last: Index) -> list[Floats]:
    """Return the reader's last layer: its mean over each range, at both ends, and at the tokens around."""
    hidden, tokens = tagged.hidden, tagged.tokens
    before = hidden[np.maximum(first - 1, 0)]
    before[first <= tokens.line_start[first]] = 0
    behind = hidden[np.minimum(last, len(hidden) - 1)]
    behind[last >= tokens.line_end[first]] = 0
    return [_means(hidden, first, last), hidden[first], hidden[last - 1], before, behind]


def _means(matrix: Floats, first: Index, last: Index) -> Floats:
    """Mean of each column over each range; only the rows that some range covers are read."""
    steps = np.zeros(len(matrix) + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last, -1)
    covered = np.flatnonzero(np.cumsum(steps[:-1]) > 0)
    sums = running(matrix[covered])
    start, end = np.searchsorted(covered, first), np.searchsorted(covered, last - 1) + 1
    return ((sums[end] - sums[start]) / (end - start)[:, None]).astype(np.float32)


def _extremes(values: Floats, first: Index, last: Index) -> tuple[Floats, Floats]:
    """Least and best value in each range."""
    bounds = np.stack([first, last], axis=1).ravel()
    padded = np.append(values, values[-1:])
    return np.minimum.reduceat(padded, bounds)[::2], np.maximum.reduceat(padded, bounds)[::2]


def _sides(tokens: TokenBatch, first: Index, last: Index) -> tuple[Flags, Flags, Index, Index]:
    """Say whether each range's line goes on before it and behind it, and number the tokens there."""
    before, behind = first > tokens.line_start[first], last < tokens.line_end[first]
    return before, behind, np.maximum(first - 1, 0), np.minimum(last, len(tokens) - 1)


def _edges(tokens: TokenBatch, first: Index, last: Index) -> list[NDArray[np.generic]]:
    """Describe what stands next to each range, and its last sign."""
    before, behind, at_before, at_behind = _sides(tokens, first, last)
    mark = np.isin(tokens.token_class, _MARKS)
    return [
        before,
        behind,
        np.where(before, tokens.space_before[first], 1),
        np.where(behind, tokens.space_before[at_behind], 1),
        before & mark[at_before],
        behind & mark[at_behind],
        before & behind & mark[at_before] & mark[at_behind],
        before & (tokens.token_class[at_before] == CharClass.STOP),
        behind & tokens.folded.upper[tokens.start[at_behind]],
        tokens.token_class[last - 1] == CharClass.STOP,
    ]


def _own_features(tagged: Tagged, pairs: NDArray[np.uint8], first: Index, last: Index) -> Floats:
    """Describe what only the whole span shows: its certainty, its edges, the gap that it would leave."""
    tokens, chances = tagged.tokens, tagged.log_probabilities
    line_start, line_end = tokens.line_start[first], tokens.line_end[first]
    spam = 1 - np.exp(chances[:, Tag.OUTSIDE])
    sums = running(spam)
    least, best = _extremes(spam, first, last)
    before, behind, at_before, at_behind = _sides(tokens, first, last)
    left, right = np.maximum(first - _AROUND, line_start), np.minimum(last + _AROUND, line_end)
    inside = sums[last] - sums[first]
    around = (sums[right] - sums[left] - inside) / np.maximum(right - left - (last - first), 1)
    starts = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    ends = np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])
    doc = tokens.doc[first]
    doc_length = tagged.n_tokens[doc]
    spam_elsewhere = sums[tokens.doc_last[doc]] - sums[tokens.doc_first[doc]] - inside
    columns = [
        inside / (last - first),
        least,
        best,
        spam[first],
        spam[last - 1],
        np.where(before, spam[at_before], 0),
        np.where(behind, spam[at_behind], 0),
        around,
        starts[first],
        ends[last - 1],
        np.log1p(last - first),
        (last - first) / (line_end - line_start),
        (last - first) / doc_length,
        *_edges(tokens, first, last),
        *joint_usual(pairs, tagged.lexical.token_hash, tokens.line, first, last),
        tagged.pair[first],
        np.where(behind, tagged.pair[at_behind], 0),
        np.log1p(np.maximum(spam_elsewhere, 0)),
        np.log1p(doc_length),
    ]
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def choose(
    network: Network, tagged: Tagged, pairs: NDArray[np.uint8], spans: Sequence[Interval]
) -> tuple[list[Interval], Floats]:
    """Choose each candidate's best ends, and weigh it.

    Parameters
    ----------
    network
        From :func:`candidate_features` to log-probabilities of the verdicts.
    tagged, pairs
        See :func:`candidate_features`.
    spans
        The candidates: half-open token ranges, ascending and disjoint, at least one.

    Returns
    -------
    (ranges, log_odds)
        Half-open token ranges, ascending and disjoint, and float32 log-odds that each is spam, of the same
        length. Candidates that another swallowed are left out.
    """
    variants = likeliest(variants_of(spans, tagged), tagged)
    n_blocks = -(-len(variants.first) // _VARIANTS_AT_ONCE)
    blocks = zip(*(np.array_split(ends, n_blocks) for ends in (variants.first, variants.last)), strict=True)
    chances = np.concatenate(
        [network.log_probabilities(candidate_features(tagged, pairs, first, last)) for first, last in blocks]
    )
    chosen = best_variants(variants, chances[:, Verdict.EXACT])
    ranges = [(int(variants.first[i]), int(variants.last[i])) for i in chosen]
    return ranges, spam_log_odds(chances[chosen])

"""From tag probabilities to spans of tokens: the best lawful sequence of tags.

Tags are those of the BIOES scheme (Ratinov and Roth, CoNLL 2009); the best sequence is found by the
algorithm of Viterbi (1967).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from spamguard.spans import Interval
from spamguard.text import compiled
from spamguard.text.tokens import TokenBatch

Floats = NDArray[np.float32]


class Tag(IntEnum):
    """What a token is to the spans: outside, or begin, inside, end or single token of one."""

    OUTSIDE = 0
    BEGIN = 1
    INSIDE = 2
    END = 3
    SINGLE = 4


# A token at least this likely to be spam makes its neighbourhood worth decoding.
ACTIVE = 0.15
# Tokens on either side of an active one that are decoded with it.
REACH = 40
_IMPOSSIBLE = -math.inf


def regions(outside: Floats, tokens: TokenBatch) -> list[Interval]:
    """Stretches of tokens that are worth decoding, each within one line.

    Parameters
    ----------
    outside
        float32, shape (t,): log-probability that a token is no spam.
    tokens
        The batch.

    Returns
    -------
    list of (int, int)
        Half-open token ranges, disjoint and ascending.
    """
    active = np.flatnonzero(outside < np.log(1 - ACTIVE))
    if not len(active):
        return []
    first = np.maximum(active - REACH, tokens.line_start[active])
    last = np.minimum(active + REACH + 1, tokens.line_end[active])
    # Both ascend, so a stretch goes on as long as the next reach starts within the one before.
    apart = first[1:] >= last[:-1]
    starts, ends = first[np.append(True, apart)], last[np.append(apart, True)]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def best_tags(log_probabilities: Floats, prior: float) -> list[int]:
    """Return the most probable lawful sequence of tags.

    Parameters
    ----------
    log_probabilities
        float32, shape (n, 5): of each tag for each token.
    prior
        Added to every tag but outside, for each span's begin or single: above 0 finds more spans.

    Returns
    -------
    list of int
        One tag a token; a span neither starts before the stretch nor goes on behind it.
    """
    rows = log_probabilities.tolist()
    # Two ways to stand after a token: outside of any span or just past one, and within one.
    free, within = 0.0, _IMPOSSIBLE
    choices: list[tuple[int, int]] = []
    for outside, begin, inside, end, single in rows:
        from_free = max((free + outside, Tag.OUTSIDE), (free + single + prior, Tag.SINGLE))
        best_free = max(from_free, (within + end, Tag.END))
        best_within = max((free + begin + prior, Tag.BEGIN), (within + inside, Tag.INSIDE))
        choices.append((int(best_free[1]), int(best_within[1])))
        free, within = best_free[0], best_within[0]
    tags = [0] * len(rows)
    state = 0
    for i in range(len(rows) - 1, -1, -1):
        tag = choices[i][state]
        tags[i] = tag
        state = 1 if tag in (Tag.END, Tag.INSIDE) else 0
    return tags


def token_spans(log_probabilities: Floats, tokens: TokenBatch, prior: float) -> list[Interval]:
    """Decode a batch.

    Parameters
    ----------
    log_probabilities
        float32, shape (t, 5): of each tag for each token.
    tokens
        The batch.
    prior
        See :func:`best_tags`.

    Returns
    -------
    list of (int, int)
        Half-open token ranges of the candidate spans, disjoint and ascending, none across lines.
    """
    tags = _tags(log_probabilities, regions(log_probabilities[:, Tag.OUTSIDE], tokens), prior)
    first = np.flatnonzero((tags == Tag.BEGIN) | (tags == Tag.SINGLE))
    last = np.flatnonzero((tags == Tag.END) | (tags == Tag.SINGLE)) + 1
    return _joined(list(zip(first.tolist(), last.tolist(), strict=True)), tokens)


def _tags(log_probabilities: Floats, stretches: Sequence[Interval], prior: float) -> NDArray[np.uint8]:
    """Tag a batch: some stretches of it by :func:`best_tags`, the rest as outside."""
    tags = np.zeros(len(log_probabilities), dtype=np.uint8)
    if compiled.extension is not None and stretches:
        first, last = np.array(stretches, dtype=np.int64).T.copy()
        rows = np.ascontiguousarray(log_probabilities, dtype=np.float32)
        compiled.extension.decode(rows, first, last, prior, tags)
        return tags
    for start, end in stretches:
        tags[start:end] = best_tags(log_probabilities[start:end], prior)
    return tags


def _joined(spans: list[Interval], tokens: TokenBatch) -> list[Interval]:
    """Join neighbours on one line: what one ad and the next have between them is white space."""
    joined: list[Interval] = []
    for start, end in spans:
        if joined and joined[-1][1] == start and tokens.line[start] == tokens.line[start - 1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined

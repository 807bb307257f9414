"""From tag probabilities to spans of tokens: the best lawful sequence of tags.

Tags are those of the BIOES scheme (Ratinov and Roth, CoNLL 2009); the best sequence is found by the
algorithm of Viterbi (1967).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from spamguard.spans import Interval
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
_IMPOSSIBLE = -1e9


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
    first = np.maximum(active - REACH, tokens.line_start[active])
    last = np.minimum(active + REACH + 1, tokens.line_end[active])
    found: list[Interval] = []
    for start, end in zip(first.tolist(), last.tolist(), strict=True):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


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
    spans: list[Interval] = []
    for first, last in regions(log_probabilities[:, Tag.OUTSIDE], tokens):
        start = first
        for i, tag in enumerate(best_tags(log_probabilities[first:last], prior), first):
            if tag in (Tag.BEGIN, Tag.SINGLE):
                start = i
            if tag in (Tag.END, Tag.SINGLE):
                spans.append((start, i + 1))
    return _joined(spans, tokens)


def _joined(spans: list[Interval], tokens: TokenBatch) -> list[Interval]:
    """Join neighbours on one line: what one ad and the next have between them is white space."""
    joined: list[Interval] = []
    for start, end in spans:
        if joined and joined[-1][1] == start and tokens.line[start] == tokens.line[start - 1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined

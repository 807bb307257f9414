"""The truth about tokens: from gold spans to BIOES tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spamguard.learning.documents import Labelled
from spamguard.model.decoding import Tag
from spamguard.text.tokens import TokenBatch


def tags_of(labels: NDArray[np.int8], starts: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Turn spam marks into BIOES tags.

    Parameters
    ----------
    labels
        int8, shape (t,): 1 for spam.
    starts
        bool, shape (t,): a span, or a line, starts at this token.

    Returns
    -------
    int8, shape (t,)
    """
    spam = labels == 1
    begins = spam & (starts | ~np.concatenate([[False], spam[:-1]]))
    ends = spam & np.concatenate([(~spam[1:]) | begins[1:], [True]])
    tags = np.full(len(labels), Tag.OUTSIDE, dtype=np.int8)
    tags[spam] = Tag.INSIDE
    tags[begins] = Tag.BEGIN
    tags[ends] = Tag.END
    tags[begins & ends] = Tag.SINGLE
    return tags


def span_starts(tokens: TokenBatch, documents: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Mark the tokens at which a gold span, or a line, starts."""
    folded = tokens.folded
    starts = np.zeros(int(folded.doc_start[-1]) + 1, dtype=np.int64)
    for base, document in zip(folded.doc_start, documents, strict=False):
        for start, _ in document.spans:
            starts[base + start] = 1
    before = np.concatenate([[0], np.cumsum(starts)])
    at = folded.raw[tokens.start]
    since = np.concatenate([[0], folded.raw[tokens.end[:-1] - 1] + 1])
    flags: NDArray[np.bool_] = before[at + 1] > before[np.minimum(since, at)]
    flags[1:] |= tokens.line[1:] != tokens.line[:-1]
    return flags

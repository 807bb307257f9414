"""Which category a span belongs to: a linear model on the buckets of its n-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS, LexicalFeatures
from spamguard.spans import CATEGORIES, Category, Interval

# Buckets of a new model's n-grams: in a quarter of them 540 families collide (EXPERIMENTS.md, 19).
CATEGORY_BITS = 17


def category_buckets(
    lexical: LexicalFeatures, spans: Sequence[Interval], bits: int = CATEGORY_BITS
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Collect the n-gram buckets of spans.

    Parameters
    ----------
    lexical
        Features of the batch.
    spans
        Half-open token ranges, none empty.
    bits
        Binary logarithm of the number of buckets.

    Returns
    -------
    (buckets, owner)
        int64, shape (m,) each: a bucket below ``2 ** bits``, and the number of its span.
    """
    pieces, owners = [], []
    for number, (first, last) in enumerate(spans):
        start = lexical.own_start[first]
        rows = lexical.grams[start : lexical.gram_end[last - 1]].ravel()
        words = lexical.words[first:last, 0]
        found = np.concatenate([rows, words]) >> (HASH_BITS - bits)
        pieces.append(found)
        owners.append(np.full(len(found), number))
    if not pieces:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(pieces), np.concatenate(owners)


def bits_of(weights: NDArray[np.float32]) -> int:
    """Return the binary logarithm of the number of buckets that weights are for."""
    return len(weights).bit_length() - 1


def categorise(
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    lexical: LexicalFeatures,
    spans: Sequence[Interval],
) -> list[Category]:
    """Name each span's category.

    Parameters
    ----------
    weights
        float32, shape (n_buckets, n_categories), a power of two of buckets.
    bias
        float32, shape (n_categories,).
    lexical
        Features of the batch.
    spans
        Half-open token ranges, none empty.
    """
    if not spans:
        return []
    buckets, owner = category_buckets(lexical, spans, bits_of(weights))
    first = np.searchsorted(owner, np.arange(len(spans)))
    count = np.diff(first, append=len(owner))[:, None]
    evidence = np.add.reduceat(weights[buckets], first, axis=0) / np.sqrt(count) + bias
    return [CATEGORIES[number] for number in evidence.argmax(axis=1).tolist()]

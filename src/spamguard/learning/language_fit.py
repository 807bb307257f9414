"""Counts the language tables from clean news."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spamguard.features.language import (
    GRAM_BITS,
    LOG_STEP,
    PAIR_BITS,
    LanguageTables,
    gram_rows,
    neighbour_buckets,
)
from spamguard.features.lexical import lexical_features
from spamguard.learning.corpora import Document
from spamguard.text.tokens import tokenise

_DOCUMENTS_A_CHUNK = 500
# Add-one smoothing, spread so thin that unseen n-grams stay unlikely.
_SMOOTHING = 0.2
# A language with fewer characters than this says too little about itself.
_LEAST_CHARS = 20_000
# Pairs seen once are mostly noise, and would fill the table.
_LEAST_PAIRS = 2


def fit_language_tables(documents: Sequence[Document]) -> LanguageTables:
    """Count n-grams by language, and how often tokens stand side by side.

    Parameters
    ----------
    documents
        Clean texts with their languages.

    Returns
    -------
    LanguageTables
    """
    chars: dict[str, int] = {}
    for document in documents:
        chars[document.lang] = chars.get(document.lang, 0) + len(document.text)
    names = tuple(sorted(lang for lang, n in chars.items() if n >= _LEAST_CHARS))
    grams = np.zeros((len(names), 2, 1 << GRAM_BITS))
    pairs = np.zeros(1 << PAIR_BITS, dtype=np.int64)
    for first in range(0, len(documents), _DOCUMENTS_A_CHUNK):
        _count(documents[first : first + _DOCUMENTS_A_CHUNK], names, grams, pairs)
    total = grams.sum(axis=2, keepdims=True) + _SMOOTHING * (1 << GRAM_BITS)
    cost = -np.log((grams + _SMOOTHING) / total) / LOG_STEP
    usual = np.where(pairs >= _LEAST_PAIRS, np.log2(np.maximum(pairs, 1)), 0)
    return LanguageTables(
        names, np.minimum(cost.round(), 255).astype(np.uint8), np.minimum(usual.round(), 15).astype(np.uint8)
    )


def _count(
    documents: Sequence[Document],
    names: tuple[str, ...],
    grams: NDArray[np.float64],
    pairs: NDArray[np.int64],
) -> None:
    """Add the counts of some documents."""
    tokens = tokenise([document.text for document in documents])
    features = lexical_features(tokens)
    rows = gram_rows(features.grams)
    for number, document in enumerate(documents):
        if document.lang not in names:
            continue
        span = tokens.doc_first[number], tokens.doc_last[number]
        if span[0] == span[1]:
            continue
        first, last = features.gram_start[span[0]], features.gram_end[span[1] - 1]
        language = names.index(document.lang)
        for size in range(2):
            np.add.at(grams[language, size], rows[first:last, size], 1)
    buckets = neighbour_buckets(features.token_hash, tokens.line)
    np.add.at(pairs, buckets[:, :2].ravel(), 1)

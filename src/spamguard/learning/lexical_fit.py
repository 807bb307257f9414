"""Fits the tagger's first stage: a linear model on hashed lexical features of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

from spamguard.features.lexical import (
    HASH_BITS,
    N_GRAM_SIZES,
    N_WORD_FEATURES,
    LexicalFeatures,
    gram_value,
    lexical_features,
)
from spamguard.learning.documents import Labelled
from spamguard.text.tokens import TokenBatch, tokenise

_DOCUMENTS_A_BATCH = 400


def token_labels(tokens: TokenBatch, documents: Sequence[Labelled]) -> NDArray[np.int8]:
    """Mark the tokens that lie in spam.

    Parameters
    ----------
    tokens
        The documents' tokens, as :func:`spamguard.text.tokens.tokenise` gives them.
    documents
        The same documents with their spans.

    Returns
    -------
    int8, shape (t,)
        1 where the token's first character lies in a span.
    """
    folded = tokens.folded
    mask = np.zeros(int(folded.doc_start[-1]) + 1, dtype=np.int8)
    for base, document in zip(folded.doc_start, documents, strict=False):
        for start, end in document.spans:
            mask[base + start : base + end] = 1
    return mask[folded.raw[tokens.start]]


def to_matrix(features: LexicalFeatures) -> csr_matrix:
    """Lay hashed features out as a sparse matrix, one row a token."""
    count = features.gram_end - features.gram_start
    t = len(count)
    width = N_WORD_FEATURES + count * N_GRAM_SIZES
    pointer = np.concatenate([[0], np.cumsum(width)])
    columns = np.empty(pointer[-1], dtype=np.int32)
    values = np.empty(pointer[-1], dtype=np.float32)
    word_at = pointer[:-1, None] + np.arange(N_WORD_FEATURES)
    columns[word_at] = features.words
    values[word_at] = 1.0
    row = np.repeat(np.arange(t), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    gram_at = (pointer[row] + N_WORD_FEATURES + within * N_GRAM_SIZES)[:, None] + np.arange(N_GRAM_SIZES)
    columns[gram_at] = features.grams[features.gram_start[row] + within]
    values[gram_at] = gram_value(count)[row, None]
    return csr_matrix((values, columns, pointer), shape=(t, 1 << HASH_BITS))


def batches(documents: Sequence[Labelled]) -> Iterator[Sequence[Labelled]]:
    """Give documents some hundred at a time, which bounds the memory."""
    for first in range(0, len(documents), _DOCUMENTS_A_BATCH):
        yield documents[first : first + _DOCUMENTS_A_BATCH]


def new_classifier(alpha: float, seed: int) -> SGDClassifier:
    """Return an unfitted classifier of tokens."""
    return SGDClassifier(loss="log_loss", alpha=alpha, random_state=seed)


def fit_batch(classifier: SGDClassifier, documents: Sequence[Labelled]) -> None:
    """Take one batch of documents into the classifier."""
    tokens = tokenise([document.text for document in documents])
    labels = token_labels(tokens, documents)
    matrix = to_matrix(lexical_features(tokens))
    classifier.partial_fit(matrix, labels, classes=np.array([0, 1], dtype=np.int8))

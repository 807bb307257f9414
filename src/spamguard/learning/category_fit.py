"""Fits the categories: multinomial logistic regression on the buckets of a span's n-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

from spamguard.model.categories import CATEGORY_BITS
from spamguard.spans import CATEGORIES

Floats = NDArray[np.float32]


def fit_categories(
    buckets: Sequence[NDArray[np.int64]], names: Sequence[str], *, alpha: float, seed: int
) -> tuple[Floats, Floats]:
    """Fit one linear model a category.

    Parameters
    ----------
    buckets
        One array of buckets a span, as :func:`spamguard.model.categories.category_buckets` gives them.
    names
        The spans' categories.
    alpha
        L2 penalty.
    seed
        Seed of the order of the rows.

    Returns
    -------
    (weights, bias)
        float32, shapes (2 ** CATEGORY_BITS, n_categories) and (n_categories,).
    """
    lengths = np.array([len(one) for one in buckets])
    pointer = np.concatenate([[0], np.cumsum(lengths)])
    values = np.repeat(1.0 / np.sqrt(np.maximum(lengths, 1)), lengths)
    matrix = csr_matrix((values, np.concatenate(buckets), pointer), shape=(len(buckets), 1 << CATEGORY_BITS))
    matrix.sum_duplicates()
    targets = np.array([CATEGORIES.index(name) for name in names])
    weights = np.zeros((1 << CATEGORY_BITS, len(CATEGORIES)), dtype=np.float32)
    bias = np.full(len(CATEGORIES), -1e3, dtype=np.float32)
    known = np.unique(targets)
    if len(known) == 1:
        bias[known] = 0
        return weights, bias
    classifier = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=8, tol=None, random_state=seed)
    classifier.fit(matrix, targets)
    coefficients, intercepts = classifier.coef_, classifier.intercept_
    if len(known) == 2:
        # Of two classes the classifier keeps the second's alone.
        coefficients = np.concatenate([-coefficients, coefficients])
        intercepts = np.concatenate([-intercepts, intercepts])
    weights[:, known] = coefficients.T
    bias[known] = intercepts
    return weights, bias

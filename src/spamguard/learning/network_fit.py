"""Fits small feed-forward networks."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from spamguard.model.network import CLIP, Network

Floats = NDArray[np.float32]
# Learning rates of Adam, one after the other, each for a share of the passes.
_RATES = ((1e-3, 0.65), (2e-4, 0.35))


def fit_network(
    matrix: Floats,
    targets: NDArray[np.int8],
    *,
    hidden: tuple[int, ...],
    epochs: int,
    seed: int,
    alpha: float,
) -> Network:
    """Fit a network.

    Parameters
    ----------
    matrix
        float32, shape (n, d); standardised in place.
    targets
        int8, shape (n,): classes 0 to k - 1, each present.
    hidden
        Sizes of the hidden layers.
    epochs
        Passes over the rows.
    seed
        Seed of the initial weights and the order of the rows.
    alpha
        L2 penalty.

    Returns
    -------
    Network
    """
    mean = matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1 / (matrix.std(axis=0, dtype=np.float64) + 1e-3)).astype(np.float32)
    matrix -= mean
    matrix *= scale
    np.clip(matrix, -CLIP, CLIP, out=matrix)
    classifier = MLPClassifier(hidden, batch_size=1024, alpha=alpha, random_state=seed, warm_start=True)
    with warnings.catch_warnings():
        # The number of passes is chosen, not left to a tolerance.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for rate, share in _RATES:
            classifier.set_params(learning_rate_init=rate, max_iter=max(1, round(epochs * share)))
            classifier.fit(matrix, targets)
    weights = tuple(weight.astype(np.float32) for weight in classifier.coefs_)
    biases = tuple(bias.astype(np.float32) for bias in classifier.intercepts_)
    return Network(mean, scale, weights, biases)

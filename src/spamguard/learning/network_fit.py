"""Fits small feed-forward networks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.linalg import block_diag
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from spamguard.model.network import CLIP, Network

Floats = NDArray[np.float32]
# Learning rates of Adam, one after the other, each for a share of the passes.
_RATES = ((1e-3, 0.65), (2e-4, 0.35))
_ROWS_AT_ONCE = 16_384


def fit_network(
    matrix: Floats,
    targets: NDArray[np.int8],
    *,
    hidden: tuple[int, ...],
    epochs: int,
    seed: int,
    alpha: float,
    networks: int = 1,
    jobs: int = 1,
) -> Network:
    """Fit a network, or several and their mean.

    Parameters
    ----------
    matrix
        float32, shape (n, d); standardised in place.
    targets
        int8, shape (n,): classes 0 to k - 1, each present.
    hidden
        Sizes of the hidden layers, at least one.
    epochs
        Passes over the rows.
    seed
        Seed of the initial weights and the order of the rows.
    alpha
        L2 penalty.
    networks
        How many are fitted, each from other weights and in another order: see :func:`averaged`.
    jobs
        Threads that fit them.

    Returns
    -------
    Network
    """
    mean = matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1 / (_deviation(matrix, mean) + 1e-3)).astype(np.float32)
    matrix -= mean
    matrix *= scale
    np.clip(matrix, -CLIP, CLIP, out=matrix)
    tasks = [
        delayed(_fit_layers)(matrix, targets, hidden, epochs, alpha, seed + number)
        for number in range(networks)
    ]
    # Filters of warnings belong to all threads: set before these start, reset when they are done.
    with warnings.catch_warnings():
        # The number of passes is chosen, not left to a tolerance.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = Parallel(jobs, prefer="threads")(tasks)
    return averaged([Network(mean, scale, weights, biases) for weights, biases in fitted])


def _deviation(matrix: Floats, mean: Floats) -> NDArray[np.float64]:
    """Return each column's standard deviation; NumPy's own would copy all rows in double precision."""
    squares = np.zeros(matrix.shape[1])
    for at in range(0, len(matrix), _ROWS_AT_ONCE):
        squares += ((matrix[at : at + _ROWS_AT_ONCE] - mean).astype(np.float64) ** 2).sum(axis=0)
    return np.sqrt(squares / len(matrix))


def _fit_layers(
    matrix: Floats, targets: NDArray[np.int8], hidden: tuple[int, ...], epochs: int, alpha: float, seed: int
) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Fit the layers of one network on standardised rows."""
    classifier = MLPClassifier(hidden, batch_size=1024, alpha=alpha, random_state=seed, warm_start=True)
    for rate, share in _RATES:
        classifier.set_params(learning_rate_init=rate, max_iter=max(1, round(epochs * share)))
        classifier.fit(matrix, targets)
    weights = tuple(weight.astype(np.float32) for weight in classifier.coefs_)
    return weights, tuple(bias.astype(np.float32) for bias in classifier.intercepts_)


def averaged(networks: Sequence[Network]) -> Network:
    """Return one network whose logits are the mean of several networks' logits.

    Networks that learnt the same rows from other beginnings err in other places (Hansen and Salamon, 1990).
    Their layers lie side by side in the one that is returned, so it is read like any other.

    Parameters
    ----------
    networks
        At least one, of the same depth, standardising alike.
    """
    first, depth = networks[0], len(networks[0].weights)
    layers = [[network.weights[number] for network in networks] for number in range(depth)]
    weights = [np.concatenate(layers[0], axis=1)]
    weights += [block_diag(*layer).astype(np.float32) for layer in layers[1:-1]]
    weights.append(np.concatenate(layers[-1]) / np.float32(len(networks)))
    biases = [np.concatenate([network.biases[number] for network in networks]) for number in range(depth - 1)]
    biases.append(np.mean([network.biases[-1] for network in networks], axis=0))
    return Network(first.mean, first.scale, tuple(weights), tuple(bias.astype(np.float32) for bias in biases))

"""Fits small feed-forward networks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.linalg import block_diag
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from spamguard.model.network import Network

Floats = NDArray[np.float32]
Rows = NDArray[np.float16] | NDArray[np.float32]
# Learning rates of Adam, one after the other, each for a share of the passes.
_RATES = ((1e-3, 0.65), (2e-4, 0.35))
# Rows are standardised in blocks: all of them in single precision would not fit into memory. A block is
# large, for Adam's moments begin anew with each.
_ROWS_AT_ONCE, _BLOCK_ROWS = 16_384, 262_144


def fit_network(
    matrix: Rows,
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
        float16 or float32, shape (n, d).
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
    empty = Network(mean, scale, (), ())
    tasks = [
        delayed(_fit_layers)(empty, matrix, targets, hidden, epochs, alpha, seed + number)
        for number in range(networks)
    ]
    # Filters of warnings belong to all threads: set before these start, reset when they are done.
    with warnings.catch_warnings():
        # The number of passes is chosen, not left to a tolerance.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return averaged(Parallel(jobs, prefer="threads")(tasks))


def _deviation(matrix: Rows, mean: Floats) -> NDArray[np.float64]:
    """Return each column's standard deviation; NumPy's own would copy all rows in double precision."""
    squares = np.zeros(matrix.shape[1])
    for at in range(0, len(matrix), _ROWS_AT_ONCE):
        squares += ((matrix[at : at + _ROWS_AT_ONCE] - mean).astype(np.float64) ** 2).sum(axis=0)
    return np.sqrt(squares / len(matrix))


def _fit_layers(
    empty: Network,
    matrix: Rows,
    targets: NDArray[np.int8],
    hidden: tuple[int, ...],
    epochs: int,
    alpha: float,
    seed: int,
) -> Network:
    """Fit the layers of one network."""
    classifier = MLPClassifier(
        hidden, batch_size=1024, alpha=alpha, random_state=seed, warm_start=True, max_iter=1
    )
    rng = np.random.default_rng(seed)
    n_blocks = -(-len(targets) // _BLOCK_ROWS)
    for rate, share in _RATES:
        classifier.set_params(learning_rate_init=rate)
        for _ in range(max(1, round(epochs * share))):
            for rows in np.array_split(rng.permutation(len(targets)), n_blocks):
                classifier.fit(empty.standardise(matrix[rows]), targets[rows])
    weights = tuple(weight.astype(np.float32) for weight in classifier.coefs_)
    return replace(
        empty, weights=weights, biases=tuple(bias.astype(np.float32) for bias in classifier.intercepts_)
    )


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

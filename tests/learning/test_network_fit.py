from __future__ import annotations

import numpy as np

from spamguard.learning.network_fit import fit_network


def test_a_network_learns_and_the_same_seed_learns_the_same() -> None:
    rng = np.random.default_rng(1)
    targets = rng.integers(0, 5, 4_000).astype(np.int8)
    matrix = (rng.normal(size=(4_000, 6)) * 3 + 100).astype(np.float32)
    matrix[np.arange(4_000), targets] += 20
    one, two = (
        fit_network(matrix.copy(), targets, hidden=(12,), epochs=150, seed=4, alpha=1e-4) for _ in range(2)
    )
    chances = one.log_probabilities(matrix)
    assert chances.shape == (4_000, 5)
    assert (chances.argmax(axis=1) == targets).mean() > 0.95
    np.testing.assert_array_equal(chances, two.log_probabilities(matrix))

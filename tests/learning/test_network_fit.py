from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from spamguard.learning.network_fit import averaged, fit_network
from spamguard.model.network import Network


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


def random_network(seed: int, sizes: tuple[int, ...]) -> Network:
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(sizes))
    weights = tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes)
    biases = tuple(rng.normal(size=width).astype(np.float32) for _, width in shapes)
    return Network(np.zeros(sizes[0], np.float32), np.ones(sizes[0], np.float32), weights, biases)


@pytest.mark.parametrize("sizes", [(5, 4, 3), (5, 4, 6, 3), (5, 4, 6, 2, 3)])
def test_the_mean_of_networks_gives_the_mean_of_their_log_odds(sizes: tuple[int, ...]) -> None:
    networks = [random_network(seed, sizes) for seed in range(3)]
    matrix = np.random.default_rng(9).normal(size=(50, 5)).astype(np.float32)
    found = averaged(networks).log_probabilities(matrix)
    mean = np.mean([network.log_probabilities(matrix) for network in networks], axis=0)
    np.testing.assert_allclose(found[:, 1:] - found[:, :1], mean[:, 1:] - mean[:, :1], atol=1e-4)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-5)


def test_the_mean_of_one_network_is_that_network() -> None:
    network = random_network(1, (5, 4, 3))
    one = averaged([network])
    for a, b in zip((*network.weights, *network.biases), (*one.weights, *one.biases), strict=True):
        np.testing.assert_array_equal(a, b)


def test_several_networks_are_fitted_from_other_beginnings_whatever_the_threads() -> None:
    rng = np.random.default_rng(1)
    targets = rng.integers(0, 3, 2_000).astype(np.int8)
    matrix = rng.normal(size=(2_000, 6)).astype(np.float32)
    one, two = (
        fit_network(matrix.copy(), targets, hidden=(4,), epochs=3, seed=4, alpha=0.1, networks=2, jobs=jobs)
        for jobs in (1, 2)
    )
    assert [weight.shape for weight in one.weights] == [(6, 8), (8, 3)]
    assert (one.weights[0][:, :4] != one.weights[0][:, 4:]).any()
    for a, b in zip(one.weights, two.weights, strict=True):
        np.testing.assert_array_equal(a, b)

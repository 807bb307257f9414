from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.model.network import CLIP, Network


def network_of(*sizes: int) -> Network:
    """A network with random weights."""
    rng = np.random.default_rng(sum(sizes))

    def array(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return rng.normal(size=shape).astype(np.float32)

    pairs = list(pairwise(sizes))
    weights, biases = tuple(array(*pair) for pair in pairs), tuple(array(n) for _, n in pairs)
    return Network(array(sizes[0]), np.abs(array(sizes[0])), weights, biases)


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3), min_size=1, max_size=5))
def test_probabilities_sum_to_one_whatever_the_features(rows: list[list[float]]) -> None:
    chances = network_of(3, 4, 5).log_probabilities(np.array(rows, dtype=np.float32))
    assert chances.shape == (len(rows), 5)
    np.testing.assert_allclose(np.exp(chances).sum(axis=1), 1, rtol=1e-5)


def test_the_forward_pass_is_standardise_relu_softmax() -> None:
    network = network_of(3, 4, 4, 5)
    x = np.array([[0.5, -2, 1000]], dtype=np.float32)
    hidden = np.clip((x - network.mean) * network.scale, -CLIP, CLIP)
    hidden = np.maximum(hidden @ network.weights[0] + network.biases[0], 0)
    hidden = np.maximum(hidden @ network.weights[1] + network.biases[1], 0)
    odds = np.exp(hidden @ network.weights[2] + network.biases[2])
    np.testing.assert_allclose(np.exp(network.log_probabilities(x)), odds / odds.sum(), rtol=1e-5)


def test_attributions_of_a_network_without_biases_sum_to_the_log_odds() -> None:
    network = network_of(3, 4, 4, 5)
    network = replace(network, biases=tuple(np.zeros_like(bias) for bias in network.biases))
    matrix = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    chances = network.log_probabilities(matrix)
    shares = network.attribution(matrix, of=1, against=4)
    assert shares.shape == matrix.shape
    np.testing.assert_allclose(shares.sum(axis=1), chances[:, 1] - chances[:, 4], atol=1e-4)


def test_rows_are_scored_as_each_alone_and_left_as_they_were() -> None:
    network = network_of(3, 8, 5)
    matrix = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    before = matrix.copy()
    together = network.log_probabilities(matrix)
    np.testing.assert_array_equal(matrix, before)
    alone = np.concatenate([network.log_probabilities(row[None]) for row in matrix])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("sizes", [(3, 5), (3, 4, 5), (3, 4, 6, 2)])
def test_a_network_survives_its_arrays(sizes: tuple[int, ...]) -> None:
    network = network_of(*sizes)
    arrays = network.to_arrays("tagger") | network_of(7, 3).to_arrays("verifier")
    back = Network.from_arrays("tagger", arrays)
    assert [weight.shape for weight in back.weights] == [weight.shape for weight in network.weights]
    assert all(weight.dtype == np.float32 for weight in (*back.weights, *back.biases))
    matrix = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    np.testing.assert_allclose(back.log_probabilities(matrix), network.log_probabilities(matrix), atol=0.02)


def test_what_was_stored_is_stored_again_unchanged() -> None:
    arrays = network_of(3, 4, 5).to_arrays("tagger")
    again = Network.from_arrays("tagger", arrays).to_arrays("tagger")
    assert arrays.keys() == again.keys()
    assert all((arrays[name] == again[name]).all() for name in arrays)

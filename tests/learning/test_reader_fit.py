from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from spamguard.learning import reader_fit
from spamguard.learning.reader_fit import (
    N_TAGS,
    Adam,
    Fitting,
    Gradient,
    RowGradient,
    Stretches,
    fit_reader,
    quantised,
)
from spamguard.model.reader import DILATIONS, STEPS, WIDTH

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
ROW_BITS, N_DENSE, N_HIDDEN = 4, 3, 4


@pytest.fixture(scope="module", autouse=True)
def small_table() -> Iterator[None]:
    """A table of embeddings with a few rows: what is learnt does not depend on how many there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_fit, "ROW_BITS", ROW_BITS)
        yield


def stretches(seed: int, lengths: Sequence[int] = (1, 2, 3, 9, 20)) -> Stretches:
    """Random stretches in which the token behind one with the first n-gram is spam."""
    rng = np.random.default_rng(seed)
    n = sum(lengths)
    stretch = np.repeat(np.arange(len(lengths)), lengths)
    values = rng.uniform(0.5, 1.5, (n, 1 << ROW_BITS)) * (rng.random((n, 1 << ROW_BITS)) < 0.3)
    tags = np.zeros(n, dtype=np.int8)
    tags[1:][(values[:-1, 0] > 0) & (stretch[1:] == stretch[:-1])] = 4
    weight = rng.choice([0.0, 1.0], n, p=[0.2, 0.8]).astype(np.float32)
    entries = csr_matrix(values.astype(np.float32))
    return Stretches(entries, rng.normal(size=(n, N_DENSE)).astype(np.float32), stretch, tags, weight)


def neighbours(stretch: NDArray[np.int64], away: int) -> Doubles:
    """A matrix that fetches each token's neighbour on its stretch."""
    matrix = np.eye(len(stretch), k=away)
    matrix[stretch[:, None] != stretch[None, :]] = 0
    return matrix


def loss_of(parameters: Sequence[Doubles], rows: Stretches) -> float:
    """The loss by another way, in double precision."""
    table, weights, biases = parameters[0], parameters[1:6], parameters[6:]
    joint = np.concatenate([rows.dense.astype(float), rows.entries.toarray().astype(float) @ table], axis=1)
    hidden = np.maximum(joint @ weights[0] + biases[0], 0)
    for dilation, weight, bias in zip(DILATIONS, weights[1:4], biases[1:4], strict=True):
        seen = [neighbours(rows.stretch, step * dilation) @ hidden for step in STEPS]
        hidden = hidden + np.maximum(np.concatenate(seen, axis=1) @ weight + bias, 0)
    logits = hidden @ weights[4] + biases[4]
    chances = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    own = chances[np.arange(len(rows.tags)), rows.tags]
    return float(-(own * rows.weight).sum() / max(rows.weight.sum(), 1))


def whole(gradient: Gradient) -> Floats:
    """A gradient with the rows that it leaves out."""
    if not isinstance(gradient, RowGradient):
        return gradient
    table = np.zeros((1 << ROW_BITS, WIDTH), dtype=np.float32)
    table[gradient.rows] = gradient.values
    return table


def random_fitting(seed: int) -> Fitting:
    """A reader that has learnt nothing, its table and biases off zero."""
    rng = np.random.default_rng(seed)
    fitting = Fitting.new(N_DENSE, N_HIDDEN, rng)
    fitting.biases = [rng.normal(0, 0.3, bias.shape).astype(np.float32) for bias in fitting.biases]
    fitting.table = rng.normal(0, 0.5, fitting.table.shape).astype(np.float32)
    return fitting


@pytest.mark.parametrize("seed", [1, 2])
def test_the_gradient_of_every_parameter_is_the_loss_s_slope(seed: int) -> None:
    fitting, rows, step = random_fitting(seed), stretches(seed), 1e-6
    loss, found = fitting.loss_and_gradients(rows)
    gradients = [whole(gradient) for gradient in found]
    exact = [parameter.astype(np.float64) for parameter in fitting.parameters()]
    assert loss == pytest.approx(loss_of(exact, rows), rel=1e-5)
    assert [one.shape for one in gradients] == [one.shape for one in exact]
    for parameter, gradient in zip(exact, gradients, strict=True):
        slopes = np.empty(parameter.size)
        for i in range(parameter.size):
            kept = parameter.flat[i]
            parameter.flat[i] = kept + step
            above = loss_of(exact, rows)
            parameter.flat[i] = kept - step
            slopes[i] = (above - loss_of(exact, rows)) / (2 * step)
            parameter.flat[i] = kept
        assert np.abs(slopes).max() > 1e-3
        np.testing.assert_allclose(gradient.ravel(), slopes, rtol=1e-3, atol=1e-5)


def test_tokens_without_weight_teach_nothing() -> None:
    rows, fitting = stretches(1), random_fitting(1)
    silent = Stretches(rows.entries, rows.dense, rows.stretch, rows.tags, np.zeros_like(rows.weight))
    loss, gradients = fitting.loss_and_gradients(silent)
    assert loss == 0
    assert not any(whole(gradient).any() for gradient in gradients)


def test_the_gradients_of_a_step_leave_parameters_and_rows_alone() -> None:
    rows, fitting = stretches(1), random_fitting(1)
    before = [parameter.copy() for parameter in fitting.parameters()]
    first, second = fitting.loss_and_gradients(rows), fitting.loss_and_gradients(rows)
    assert first[0] == second[0]
    for one, two in zip(map(whole, first[1]), map(whole, second[1]), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, two)
    for one, two in zip(before, fitting.parameters(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_adam_steps_as_published() -> None:
    rng = np.random.default_rng(1)
    parameter = rng.normal(size=(3, 2)).astype(np.float32)
    expected, m, v = parameter.astype(np.float64), np.zeros((3, 2)), np.zeros((3, 2))
    adam = Adam([parameter])
    for step in range(1, 30):
        gradient = rng.normal(size=(3, 2)).astype(np.float32)
        adam.update([gradient], 0.01)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient.astype(np.float64) ** 2
        expected -= 0.01 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    np.testing.assert_allclose(parameter, expected, rtol=1e-4, atol=1e-5)


def test_adam_moves_the_rows_that_were_seen_as_it_moves_whole_arrays_and_leaves_the_others() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(5, 2)).astype(np.float32)
    before, alone = table.copy(), table[[1, 3]].copy()
    some, every = Adam([table]), Adam([alone])
    for _ in range(20):
        values = rng.normal(size=(2, 2)).astype(np.float32)
        some.update([RowGradient(np.array([1, 3]), values)], 0.01)
        every.update([values], 0.01)
    np.testing.assert_array_equal(table[[1, 3]], alone)
    assert (np.abs(alone - before[[1, 3]]) > 0.01).any()
    np.testing.assert_array_equal(table[[0, 2, 4]], before[[0, 2, 4]])


def test_an_n_gram_that_was_never_seen_says_nothing() -> None:
    rows = stretches(1)
    rows.entries.data[rows.entries.indices == 2] = 0
    rows.entries.eliminate_zeros()
    table = fit([rows], epochs=20).table
    assert not table[2].any()
    assert table[0].any()


def keep(rows: Stretches) -> Stretches:
    """Give a step its rows."""
    return rows


def fit(
    batches: Sequence[Stretches],
    *,
    epochs: int,
    cycles: int = 1,
    seed: int = 1,
    losses: list[float] | None = None,
) -> Fitting:
    """Fit a tiny reader."""
    seen = [] if losses is None else losses
    return fit_reader(
        [[partial(keep, batch) for batch in batches]] * epochs,
        n_rounds=epochs,
        n_cycles=cycles,
        n_dense=N_DENSE,
        n_hidden=N_HIDDEN,
        rate=0.03,
        seed=seed,
        report=lambda step, loss: seen.append(loss),
    )


def test_a_tiny_fit_learns_from_the_token_before() -> None:
    losses: list[float] = []
    fitting = fit([stretches(seed, (30,) * 8) for seed in range(10)], epochs=30, losses=losses)
    unseen = stretches(99, (30,) * 8)
    assert losses[0] > 0.8
    assert fitting.loss_and_gradients(unseen)[0] < 0.15
    assert len(losses) == 300


def test_the_same_seed_learns_the_same_and_another_something_else() -> None:
    batches = [stretches(seed) for seed in range(3)]
    one, two, other = (fit(batches, epochs=3, seed=seed).parameters() for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert not any((a == b).all() for a, b in zip(one, other, strict=True))


def test_every_step_of_every_round_is_taken_once_in_order() -> None:
    taken: list[int] = []

    def step(number: int) -> Stretches:
        taken.append(number)
        return stretches(number)

    rounds = [[partial(step, number) for number in range(first, first + 3)] for first in (0, 3)]
    fit_reader(rounds, n_rounds=2, n_dense=N_DENSE, n_hidden=N_HIDDEN, rate=0.01, seed=1)
    assert taken == list(range(6))


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rate of every step that is taken."""
    taken: list[float] = []
    update = Adam.update

    def noted(self: Adam, gradients: Sequence[Gradient], rate: float) -> None:
        taken.append(rate)
        update(self, gradients, rate)

    monkeypatch.setattr(Adam, "update", noted)
    return taken


def test_the_rate_rises_to_its_peak_and_falls_to_nothing(rates: list[float]) -> None:
    fit([stretches(1, (2, 3))] * 100, epochs=10)
    assert len(rates) == 1_000
    assert rates[0] < 0.03 * max(rates)
    assert 0.9 * 0.03 < max(rates) <= 0.03
    peak = rates.index(max(rates))
    assert rates == sorted(rates[:peak]) + sorted(rates[peak:], reverse=True)
    assert 0 <= rates[-1] < 1e-4 * 0.03


def test_a_second_cycle_begins_at_half_the_rate(rates: list[float]) -> None:
    fit([stretches(1, (2, 3))] * 50, epochs=4, cycles=2)
    assert rates[99] < 1e-3 * 0.03
    assert rates[100] == pytest.approx(0.015)
    assert rates[100:] == sorted(rates[100:], reverse=True)
    assert 0 <= rates[-1] < 1e-3 * 0.03


def test_a_fit_starts_with_layers_of_the_reader_s_shapes() -> None:
    fitting = Fitting.new(N_DENSE, N_HIDDEN, np.random.default_rng(1))
    assert fitting.table.shape == (1 << ROW_BITS, WIDTH)
    convolutions = [(len(STEPS) * N_HIDDEN, N_HIDDEN)] * len(DILATIONS)
    shapes = [(N_DENSE + WIDTH, N_HIDDEN), *convolutions, (N_HIDDEN, N_TAGS)]
    assert [weight.shape for weight in fitting.weights] == shapes
    assert [bias.shape for bias in fitting.biases] == [(b,) for _, b in shapes]


@given(arrays(np.float32, (6, 3), elements=st.floats(-100, 100, width=32)))
def test_rounding_a_table_moves_no_number_by_more_than_half_a_step(table: Floats) -> None:
    rounded, scale = quantised(table)
    assert rounded.dtype == np.int8
    assert scale.shape == (3,)
    assert (np.abs(rounded * scale - table) <= 0.5001 * scale).all()
    used = np.abs(table).max(axis=0) > 1e-6
    assert (np.abs(rounded.astype(int)).max(axis=0)[used] == 127).all()

"""Fits the reader: the gradients of its layers, and Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from spamguard.model.reader import DILATIONS, ROW_BITS, STEPS, WIDTH, out_of_sight, side_by_side

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
N_TAGS = 5
# The rate rises over this many steps, or this share of all where they are few.
_WARM_STEPS, _WARM_SHARE = 100, 0.05


@dataclass(frozen=True)
class Stretches:
    """Stretches of tokens to learn from.

    Attributes
    ----------
    entries
        csr, shape (t, 2 ** ROW_BITS): each token's n-grams with their values.
    dense
        float32, shape (t, d): standardised features.
    stretch
        int64, shape (t,): number of the token's stretch, ascending; no token sees past its own.
    tags
        int8, shape (t,).
    weight
        float32, shape (t,): 0 for tokens that are there for context alone.
    """

    entries: csr_matrix
    dense: Floats
    stretch: Index
    tags: NDArray[np.int8]
    weight: Floats


@dataclass(frozen=True)
class RowGradient:
    """A gradient that is zero but for some rows.

    Attributes
    ----------
    rows
        int64, shape (r,): which rows, ascending.
    values
        float32, shape (r, width).
    """

    rows: Index
    values: Floats


Gradient = Floats | RowGradient


@dataclass
class Adam:
    """Adam (Kingma and Ba, 2015) on a list of arrays, in place.

    Where a gradient is zero but for some rows, only these and their moments move: a step costs what it has
    seen, however large the array (EXPERIMENTS.md, 13).
    """

    parameters: Sequence[Floats]
    step: int = 0
    first: list[Floats] = field(default_factory=list)
    second: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the moments at zero."""
        self.first = [np.zeros_like(one) for one in self.parameters]
        self.second = [np.zeros_like(one) for one in self.parameters]

    def update(self, gradients: Sequence[Gradient], rate: float) -> None:
        """Take one step down the gradients."""
        self.step += 1
        size = np.float32(rate * np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step))
        for one, gradient, m, v in zip(self.parameters, gradients, self.first, self.second, strict=True):
            if isinstance(gradient, RowGradient):
                rows = gradient.rows
                m_rows, v_rows = m[rows], v[rows]
                one[rows] -= size * _moved(m_rows, v_rows, gradient.values)
                m[rows], v[rows] = m_rows, v_rows
            else:
                one -= size * _moved(m, v, gradient)


def _moved(first: Floats, second: Floats, gradient: Floats) -> Floats:
    """Move the moments towards a gradient, in place, and return the direction that they point in."""
    first += (gradient - first) * np.float32(0.1)
    second += (gradient * gradient - second) * np.float32(0.001)
    return np.asarray(first / (np.sqrt(second) + np.float32(1e-8)), dtype=np.float32)


@dataclass
class Fitting:
    """A reader while it learns: its weights in full precision.

    Attributes
    ----------
    table
        float32, shape (2 ** ROW_BITS, WIDTH).
    weights, biases
        As in :class:`spamguard.model.reader.Reader`.
    """

    table: Floats
    weights: list[Floats]
    biases: list[Floats]

    @classmethod
    def new(cls, n_dense: int, n_hidden: int, rng: np.random.Generator) -> Fitting:
        """Draw initial weights (He et al., 2015)."""
        sizes = [(n_dense + WIDTH, n_hidden)] + [(len(STEPS) * n_hidden, n_hidden)] * len(DILATIONS)
        sizes.append((n_hidden, N_TAGS))
        weights = [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32) for a, b in sizes]
        for weight in weights[1:]:
            weight *= np.float32(0.5)
        # An n-gram that is never seen says nothing.
        table = np.zeros((1 << ROW_BITS, WIDTH), dtype=np.float32)
        return cls(table, weights, [np.zeros(b, dtype=np.float32) for _, b in sizes])

    def parameters(self) -> list[Floats]:
        """Return all arrays that are learnt."""
        return [self.table, *self.weights, *self.biases]

    def loss_and_gradients(self, rows: Stretches) -> tuple[float, list[Gradient]]:
        """Mean cross-entropy over the weighted tokens, and its gradient for each parameter."""
        seen_rows, entries = _rows_seen(rows.entries)
        joint = np.concatenate([rows.dense, entries @ self.table[seen_rows]], axis=1)
        first = joint @ self.weights[0] + self.biases[0]
        hidden = np.maximum(first, 0)
        steps = []
        for dilation, weight, bias in zip(DILATIONS, self.weights[1:-1], self.biases[1:-1], strict=True):
            missing = out_of_sight(rows.stretch, dilation)
            seen = side_by_side(hidden, dilation, missing)
            out = seen @ weight
            out += bias
            steps.append((missing, seen, out > 0))
            hidden = hidden + np.maximum(out, 0)
        logits = hidden @ self.weights[-1] + self.biases[-1]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        total = chances.sum(axis=1, keepdims=True)
        at = np.arange(len(rows.tags))
        norm = max(float(rows.weight.sum()), 1.0)
        loss = float(((np.log(total[:, 0]) - logits[at, rows.tags]) * rows.weight).sum() / norm)
        slope = chances / total
        slope[at, rows.tags] -= 1
        slope *= (rows.weight / np.float32(norm))[:, None]
        embedded, others = self._backward(joint, first, steps, hidden, slope)
        table = RowGradient(seen_rows, np.asarray(entries.T @ embedded, dtype=np.float32))
        return loss, [table, *others]

    def _backward(
        self,
        joint: Floats,
        first: Floats,
        steps: list[tuple[list[Index], Floats, NDArray[np.bool_]]],
        hidden: Floats,
        slope: Floats,
    ) -> tuple[Floats, list[Floats]]:
        """Gradients from the last layer down: of what was embedded, and of the weights and biases."""
        by_weight, by_bias = [hidden.T @ slope], [slope.sum(axis=0)]
        back = slope @ self.weights[-1].T
        layers = zip(reversed(DILATIONS), reversed(steps), reversed(self.weights[1:-1]), strict=True)
        for dilation, (missing, seen, active), weight in layers:
            inner = back * active
            by_weight.append(seen.T @ inner)
            by_bias.append(inner.sum(axis=0))
            spread = np.asarray(inner @ weight.T, dtype=np.float32)
            back += _given_back(spread, dilation, missing)
        inner = back * (first > 0)
        by_weight.append(joint.T @ inner)
        by_bias.append(inner.sum(axis=0))
        embedded = np.asarray(inner @ self.weights[0][-WIDTH:].T, dtype=np.float32)
        return embedded, [*reversed(by_weight), *reversed(by_bias)]


def _rows_seen(entries: csr_matrix) -> tuple[Index, csr_matrix]:
    """Return the numbers of the columns that hold something, ascending, and the matrix of these alone."""
    there = np.zeros(entries.shape[1], dtype=bool)
    there[entries.indices] = True
    seen = np.flatnonzero(there)
    place = np.cumsum(there, dtype=np.int32) - 1
    shape = (entries.shape[0], len(seen))
    return seen, csr_matrix((entries.data, place[entries.indices], entries.indptr), shape=shape)


def _given_back(spread: Floats, dilation: int, missing: list[Index]) -> Floats:
    """Sum what the tokens that saw each token give back to it."""
    n = len(spread)
    slots = spread.reshape(n, len(STEPS), -1)
    total = np.zeros((n, slots.shape[2]), dtype=np.float32)
    for number, step in enumerate(STEPS):
        slots[missing[number], number] = 0
        low, high = max(0, -step * dilation), n - max(0, step * dilation)
        if low < high:
            total[low + step * dilation : high + step * dilation] += slots[low:high, number]
    return total


def fit_reader(
    rounds: Iterable[Sequence[Callable[[], Stretches]]],
    *,
    n_rounds: int,
    n_cycles: int = 1,
    n_dense: int,
    n_hidden: int,
    rate: float,
    seed: int,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> Fitting:
    """Fit a reader; the rate rises over the first steps, then falls to nothing along half cosines.

    Each of them begins at half the rate of the one before (Loshchilov and Hutter, 2017).

    Parameters
    ----------
    rounds
        Rounds of steps; each step gives its rows when it is called.
    n_rounds
        How many rounds there are.
    n_cycles
        How many half cosines.
    n_dense
        Number of dense features.
    n_hidden
        Width of the layers.
    rate
        Peak of the learning rate.
    seed
        Seed of the initial weights.
    report
        Told of each step and its loss.
    """
    fitting = Fitting.new(n_dense, n_hidden, np.random.default_rng(seed))
    adam = Adam(fitting.parameters())
    for number, steps in enumerate(rounds):
        for at, step in enumerate(steps):
            loss, gradients = fitting.loss_and_gradients(step())
            done = (number + at / len(steps)) / n_rounds
            warm = min(1.0, (adam.step + 1) / min(_WARM_STEPS, _WARM_SHARE * n_rounds * len(steps) + 1))
            adam.update(gradients, rate * warm * _cooling(done * n_cycles))
            report(adam.step, loss)
        # The next round is ready, and the one after it begun: three at once would not fit into memory.
        del steps, step
    return fitting


def _cooling(cycles_done: float) -> float:
    """Share of the peak rate, after so many half cosines."""
    cycle, within = divmod(cycles_done, 1)
    return float(0.5**cycle * 0.5 * (1 + np.cos(np.pi * within)))


def quantised(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round a table of embeddings to bytes; return it with the scale of each column."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)

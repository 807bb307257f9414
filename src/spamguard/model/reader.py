"""The reader: a small network that reads tokens in a row, from n-grams and dense features to tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS, LexicalFeatures, gram_value
from spamguard.model.compiled_layers import CompiledLayers, CompiledTable, compiled_layers, compiled_table
from spamguard.model.network import CLIP

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
# Rows of a new table of embeddings, as a power of two, and their width (EXPERIMENTS.md, 10 and 15).
ROW_BITS = 19
WIDTH = 32
# Each layer sees five tokens, at these distances from each other: 14 tokens on either side in all.
DILATIONS = (1, 2, 4)
STEPS = (-2, -1, 0, 1, 2)
# Tokens embedded at a time: what they add up stays in the processor's cache.
_BLOCK = 1024
# Tokens read at a time, for the same reason, with those on either side that the layers see.
_STRETCH = 768
_SIGHT = max(STEPS) * sum(DILATIONS)


@dataclass(frozen=True)
class Reading:
    """What the reader makes of tokens.

    Attributes
    ----------
    log_probabilities
        float32, shape (t, 5): of each tag.
    hidden
        float32, shape (t, h): the last layer, which later stages may look at.
    """

    log_probabilities: Floats
    hidden: Floats


@dataclass(frozen=True)
class Reader:
    """A convolutional network over the tokens of a line.

    Hashed n-grams are embedded and added up for each token (Bojanowski et al., TACL 2017), joined by its
    dense features, and read by residual layers of dilated convolutions (Strubell et al., EMNLP 2017).

    Attributes
    ----------
    table
        int8, shape (r, WIDTH): embeddings, to be multiplied by ``table_scale``; r is a power of two, at most
        ``2 ** HASH_BITS``.
    table_scale
        float32, shape (WIDTH,).
    mean, scale
        float32, shape (d,): a dense feature is standardised to ``(x - mean) * scale``.
    weights, biases
        First the joint layer's, shape (d + WIDTH, h); then those of the convolutions, shape (5 * h, h); the
        tags' last.
    """

    table: NDArray[np.int8]
    table_scale: Floats
    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    @cached_property
    def _compiled_table(self) -> CompiledTable | None:
        """The table on the compiled road, where there is one."""
        return compiled_table(self.table, self.table_scale)

    @cached_property
    def _compiled_layers(self) -> CompiledLayers | None:
        """The layers on the compiled road, where there is one and it is the faster."""
        return compiled_layers(
            self.weights, self.biases, mean=self.mean, scale=self.scale, dilations=DILATIONS
        )

    def embed(self, lexical: LexicalFeatures) -> Floats:
        """Add up the embeddings of each token's n-grams and of its word, shape (t, WIDTH)."""
        table = self._compiled_table
        return self._embed_numpy(lexical) if table is None else table.embed(lexical)

    def _embed_numpy(self, lexical: LexicalFeatures) -> Floats:
        """Embed tokens by NumPy alone."""
        n = len(lexical.gram_start)
        embedded = np.empty((n, WIDTH), dtype=np.float32)
        for first in range(0, n, _BLOCK):
            embedded[first : first + _BLOCK] = self._embed_block(lexical, first, min(first + _BLOCK, n))
        return embedded

    def _embed_block(self, lexical: LexicalFeatures, first: int, last: int) -> Floats:
        """Embed some tokens; sums are of whole numbers, so a token reads alike wherever it stands."""
        starts, ends = lexical.gram_start[first:last], lexical.gram_end[first:last]
        low, high = int(starts[0]), int(ends[-1])
        rows = table_rows(lexical.grams[low:high], len(self.table))
        per_char = self.table.take(rows[:, 0], axis=0).astype(np.int16)
        for size in range(1, rows.shape[1]):
            per_char += self.table.take(rows[:, size], axis=0)
        sums = np.zeros((high - low + 1, WIDTH), dtype=np.int32)
        np.cumsum(per_char, axis=0, dtype=np.int32, out=sums[1:])
        total = (sums[ends - low] - sums[starts - low]) * gram_value(ends - starts)[:, None]
        total += self.table.take(table_rows(lexical.words[first:last, 0], len(self.table)), axis=0)
        return (total * self.table_scale).astype(np.float32)

    def read(self, lexical: LexicalFeatures, matrix: Floats, line: Index) -> Reading:
        """Read tokens in their lines.

        Parameters
        ----------
        lexical
            Hashed features of ``t`` tokens.
        matrix
            float32, shape (t, d): dense features.
        line
            int64, shape (t,): the token's line, ascending; no token sees past its own.
        """
        layers, embedded = self._compiled_layers, self.embed(lexical)
        if layers is None:
            hidden, logits = self._read_numpy(matrix, embedded, line)
        else:
            hidden, logits = layers.read(matrix, embedded, line)
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return Reading(logits, hidden)

    def _read_numpy(self, matrix: Floats, embedded: Floats, line: Index) -> tuple[Floats, Floats]:
        """Pass through the layers by NumPy alone; return the last hidden one, and the tags' logits."""
        dense = np.clip((matrix - self.mean) * self.scale, -CLIP, CLIP)
        joint = np.concatenate([dense, embedded], axis=1)
        hidden: Floats = joint @ self.weights[0] + self.biases[0]
        np.maximum(hidden, 0, out=hidden)
        hidden = self._look_around(hidden, line)
        logits: Floats = hidden @ self.weights[-1] + self.biases[-1]
        return hidden, logits

    def _look_around(self, hidden: Floats, line: Index) -> Floats:
        """Pass through the convolutions, a stretch at a time."""
        n = len(hidden)
        found = np.empty_like(hidden)
        for first in range(0, n, _STRETCH):
            last = min(first + _STRETCH, n)
            low, high = max(first - _SIGHT, 0), min(last + _SIGHT, n)
            seen = self._convolve(hidden[low:high], line[low:high])
            found[first:last] = seen[first - low : last - low]
        return found

    def _convolve(self, hidden: Floats, line: Index) -> Floats:
        """Pass one stretch through the convolutions."""
        for dilation, weight, bias in zip(DILATIONS, self.weights[1:-1], self.biases[1:-1], strict=True):
            seen = side_by_side(hidden, dilation, out_of_sight(line, dilation)) @ weight
            seen += bias
            hidden = hidden + np.maximum(seen, 0, out=seen)
        return hidden

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the weights as named arrays, the layers' in half precision."""
        arrays: dict[str, NDArray[np.generic]] = {
            "reader_table": self.table,
            "reader_table_scale": self.table_scale,
            "reader_mean": self.mean,
            "reader_scale": self.scale,
        }
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            arrays[f"reader_weight_{number}"] = weight.astype(np.float16)
            arrays[f"reader_bias_{number}"] = bias
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Reader:
        """Rebuild a reader from :meth:`to_arrays`'s form."""
        depth = len(DILATIONS) + 2
        return cls(
            arrays["reader_table"].astype(np.int8, copy=False),
            arrays["reader_table_scale"].astype(np.float32),
            arrays["reader_mean"].astype(np.float32),
            arrays["reader_scale"].astype(np.float32),
            tuple(arrays[f"reader_weight_{i}"].astype(np.float32) for i in range(depth)),
            tuple(arrays[f"reader_bias_{i}"].astype(np.float32) for i in range(depth)),
        )


def table_rows(buckets: Index, n_rows: int = 1 << ROW_BITS) -> Index:
    """Turn hash buckets into rows of a table of embeddings; ``n_rows`` is a power of two."""
    return buckets >> (HASH_BITS + 1 - n_rows.bit_length())


def out_of_sight(line: Index, dilation: int) -> list[Index]:
    """Tokens that have no neighbour on their line, for each of the steps that a convolution takes."""
    n = len(line)
    missing = []
    for step in (step * dilation for step in STEPS):
        rows = np.arange(n) + step
        there = (rows >= 0) & (rows < n)
        there &= line[np.clip(rows, 0, n - 1)] == line
        missing.append(np.flatnonzero(~there))
    return missing


def side_by_side(hidden: Floats, dilation: int, missing: list[Index]) -> Floats:
    """Lay the vectors of each token's neighbours side by side, zeros where there is none.

    Returns
    -------
    float32, shape (t, 5 * h)
    """
    n, width = hidden.shape
    seen = np.empty((n, len(STEPS), width), dtype=np.float32)
    for number, step in enumerate(STEPS):
        low, high = max(0, -step * dilation), n - max(0, step * dilation)
        if low < high:
            seen[low:high, number] = hidden[low + step * dilation : high + step * dilation]
        seen[missing[number], number] = 0
    return seen.reshape(n, len(STEPS) * width)

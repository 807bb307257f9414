"""The compiled road through the reader: as the NumPy code of :mod:`spamguard.model.reader`, and faster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS, LexicalFeatures, gram_value
from spamguard.model.network import CLIP
from spamguard.text import compiled

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
# The extension adds up that many numbers a token at most, and takes no wider layers than these.
MAX_WIDTH, MAX_LAYER_WIDTH = 64, 4096
# Columns that it multiplies by at once.
_PANEL = 16


@dataclass(frozen=True)
class CompiledTable:
    """A table of embeddings as the extension looks it up; made by :func:`compiled_table`.

    Attributes
    ----------
    rows
        int8, shape (2 ** bits, width).
    scale
        float64, shape (width,): what sums of rows are multiplied by.
    shift
        Bits that a bucket has more than a row.
    """

    rows: NDArray[np.int8]
    scale: NDArray[np.float64]
    shift: int

    def embed(self, lexical: LexicalFeatures) -> Floats:
        """Add up the embeddings of each token's n-grams and of its word, shape (t, width).

        Raises
        ------
        ValueError
            If a bucket lies outside of the table, or tokens do not own n-grams one behind the other.
        """
        start, end = lexical.gram_start, lexical.gram_end
        embedded = np.empty((len(start), len(self.scale)), dtype=np.float32)
        compiled.loaded().embed(
            self.rows, self.shift, np.ascontiguousarray(lexical.words[:, 0]), lexical.grams, start, end,
            gram_value(end - start), self.scale, embedded,
        )  # fmt: skip
        return embedded


@dataclass(frozen=True)
class CompiledLayers:
    """A reader's layers as the extension multiplies by them; made by :func:`compiled_layers`.

    Attributes
    ----------
    mean, scale
        float32, shape (d,): a dense feature is standardised to ``(x - mean) * scale``.
    weights
        float32: of each layer, a panel of columns behind the other, and its biases; columns are filled up
        to whole panels.
    dilations
        int64, shape (n_convolutions,).
    n_hidden, n_tags
        Widths of the layers but the last, and of the last.
    """

    mean: Floats
    scale: Floats
    weights: Floats
    dilations: Index
    n_hidden: int
    n_tags: int

    def read(self, matrix: Floats, embedded: Floats, line: Index) -> tuple[Floats, Floats]:
        """Return the last hidden layer, shape (t, n_hidden), and the tags' logits, shape (t, n_tags).

        Raises
        ------
        ValueError
            If the arrays are not of the same tokens, or not of the layers' widths.
        """
        hidden = np.empty((len(line), self.n_hidden), dtype=np.float32)
        logits = np.empty((len(line), self.n_tags), dtype=np.float32)
        compiled.loaded().read_layers(
            np.ascontiguousarray(matrix, dtype=np.float32), embedded, line, self.mean, self.scale,
            self.weights, self.dilations, embedded.shape[1], self.n_hidden, self.n_tags, CLIP, hidden, logits,
        )  # fmt: skip
        return hidden, logits


def compiled_table(table: NDArray[np.int8], scale: Floats) -> CompiledTable | None:
    """Lay a table of embeddings out for the extension; nothing where there is none, or for a wide table."""
    if compiled.extension is None or len(scale) > MAX_WIDTH:
        return None
    shift = HASH_BITS - (len(table).bit_length() - 1)
    return CompiledTable(np.ascontiguousarray(table), scale.astype(np.float64), shift)


def compiled_layers(
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    *,
    mean: Floats,
    scale: Floats,
    dilations: Sequence[int],
) -> CompiledLayers | None:
    """Lay a reader's layers out for the extension.

    Parameters
    ----------
    weights, biases, mean, scale
        See :class:`spamguard.model.reader.Reader`.
    dilations
        Of the convolutions, one each.

    Returns
    -------
    CompiledLayers or None
        Nothing where there is no extension, for layers wider than any of ours, or where the processor does
        not multiply eight numbers at once: NumPy, which looks for what it does have, is the faster there.
    """
    if compiled.extension is None or not compiled.extension.can_read_layers():
        return None
    if max(map(len, (mean, *biases))) > MAX_LAYER_WIDTH:
        return None
    laid_out = [part for pair in zip(weights, biases, strict=True) for part in _panels(*pair)]
    return CompiledLayers(
        np.ascontiguousarray(mean),
        np.ascontiguousarray(scale),
        np.concatenate(laid_out),
        np.array(dilations, dtype=np.int64),
        weights[0].shape[1],
        weights[-1].shape[1],
    )


def _panels(weight: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """Cut a layer into panels of columns, filled up with zeros, one row behind the other in each."""
    missing = -len(bias) % _PANEL
    full = np.pad(weight, ((0, 0), (0, missing)))
    panels = full.reshape(len(full), -1, _PANEL).transpose(1, 0, 2)
    return panels.ravel(), np.pad(bias, (0, missing))

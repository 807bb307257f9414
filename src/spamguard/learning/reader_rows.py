"""Rows for the reader: stretches of tokens around spam, around what looks like it, and of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from spamguard.features.lexical import N_GRAM_SIZES, LexicalFeatures, gram_value
from spamguard.learning.documents import Labelled
from spamguard.learning.lexical_fit import batches, token_labels
from spamguard.learning.reader_fit import Stretches
from spamguard.learning.tags import span_starts, tags_of
from spamguard.model.network import CLIP
from spamguard.model.reader import DILATIONS, ROW_BITS, table_rows
from spamguard.model.tagger import Tagger

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
# Tokens this near to spam are all learnt from: there lie the boundaries.
_NEAR = 8
_SUSPICIOUS_SCORE = -1.0
# Plain text is learnt from in pieces of this many tokens.
_PLAIN = 16
_REACH = 2 * sum(DILATIONS)
# Standardised features are kept as bytes.
_BYTE = 127 / CLIP


@dataclass(frozen=True)
class StoredRows:
    """Stretches as they are kept in memory: see :class:`spamguard.learning.reader_fit.Stretches`.

    Attributes
    ----------
    dense
        int8, shape (t, d): standardised features in steps of ``CLIP / 127``.
    """

    entries: csr_matrix
    dense: NDArray[np.int8]
    stretch: Index
    tags: NDArray[np.int8]
    weight: Floats

    def pieces(self, size: int) -> list[StoredRows]:
        """Cut the rows between stretches into pieces of about ``size`` tokens."""
        starts = np.flatnonzero(np.diff(self.stretch, prepend=-1))
        wanted = np.searchsorted(starts, np.arange(size, len(self.tags), size))
        cuts = np.unique(np.append(starts[wanted[wanted < len(starts)]], [0, len(self.tags)]))
        return [self._between(int(a), int(b)) for a, b in pairwise(cuts)]

    def _between(self, first: int, last: int) -> StoredRows:
        """Return some of the rows."""
        rows = slice(first, last)
        stretch = self.stretch[rows] - self.stretch[first]
        return StoredRows(self.entries[rows], self.dense[rows], stretch, self.tags[rows], self.weight[rows])

    def unpack(self) -> Stretches:
        """Return the rows as the fit wants them."""
        dense = self.dense.astype(np.float32) / np.float32(_BYTE)
        return Stretches(self.entries, dense, self.stretch, self.tags, self.weight)


def to_entries(lexical: LexicalFeatures) -> csr_matrix:
    """Lay n-grams and words out as the reader adds them up, one row a token."""
    count = lexical.gram_end - lexical.gram_start
    width = 1 + count * N_GRAM_SIZES
    pointer = np.concatenate([[0], np.cumsum(width)])
    columns = np.empty(pointer[-1], dtype=np.int32)
    values = np.empty(pointer[-1], dtype=np.float32)
    columns[pointer[:-1]] = table_rows(lexical.words[:, 0])
    values[pointer[:-1]] = 1
    row = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    at = (pointer[row] + 1 + within * N_GRAM_SIZES)[:, None] + np.arange(N_GRAM_SIZES)
    columns[at] = table_rows(lexical.grams[lexical.gram_start[row] + within])
    values[at] = gram_value(count)[row, None]
    return csr_matrix((values, columns, pointer), shape=(len(count), 1 << ROW_BITS))


def standardise(matrix: Floats, mean: Floats, scale: Floats) -> NDArray[np.int8]:
    """Centre, scale and clip features, and keep them as bytes."""
    packed: NDArray[np.int8] = np.round(np.clip((matrix - mean) * scale, -CLIP, CLIP) * _BYTE).astype(np.int8)
    return packed


def reader_rows(
    tagger: Tagger,
    documents: Sequence[Labelled],
    standard: tuple[Floats, Floats],
    *,
    keep_share: float,
    seed: int,
) -> list[StoredRows]:
    """Turn documents into stretches.

    Parameters
    ----------
    tagger
        Only its lexical part and languages are used.
    documents
        Labelled documents.
    standard
        Mean and scale of the dense features.
    keep_share
        Share of the plain text kept.
    seed
        Seed of the choice.
    """
    rng = np.random.default_rng(seed)
    found = []
    for part in batches(documents):
        seen = tagger.prepare([document.text for document in part])
        if seen is None:
            continue
        tags = tags_of(token_labels(seen.tokens, part), span_starts(seen.tokens, part))
        plain = np.repeat(rng.random(len(tags) // _PLAIN + 1) < keep_share, _PLAIN)[: len(tags)]
        learnt = _widened(tags > 0, _NEAR) | (seen.score > _SUSPICIOUS_SCORE) | plain
        rows = np.flatnonzero(_widened(learnt, _REACH))
        line = seen.tokens.line[rows]
        starts = (np.diff(rows, prepend=-2) > 1) | (np.diff(line, prepend=-1) > 0)
        stretch: Index = np.cumsum(starts, dtype=np.int64)
        if not len(rows):
            continue
        found.append(
            StoredRows(
                to_entries(seen.lexical.take(rows)),
                standardise(seen.context.matrix[rows], *standard),
                stretch,
                tags[rows],
                learnt[rows].astype(np.float32),
            )
        )
    return found


def _widened(flags: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Mark all rows at most ``by`` away from a marked one."""
    sums = np.concatenate([[0], np.cumsum(flags)])
    at = np.arange(len(flags))
    wide: NDArray[np.bool_] = sums[np.minimum(at + by + 1, len(flags))] > sums[np.maximum(at - by, 0)]
    return wide


def joined(parts: Sequence[StoredRows]) -> StoredRows:
    """Put rows of several batches into one."""
    shifts = np.cumsum([0] + [int(part.stretch[-1]) + 1 for part in parts[:-1]])
    return StoredRows(
        vstack([part.entries for part in parts], format="csr"),
        np.concatenate([part.dense for part in parts]),
        np.concatenate([part.stretch + shift for part, shift in zip(parts, shifts, strict=True)]),
        np.concatenate([part.tags for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )

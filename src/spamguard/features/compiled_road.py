"""The compiled road from tokens to features: as the NumPy code of this room, of raised lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from spamguard.features.context import ContextFeatures, context_features
from spamguard.features.document import document_facts
from spamguard.features.language import (
    GRAM_BITS,
    PAIR_BITS,
    SAMPLED_GRAMS,
    LanguageTables,
    language_fit,
)
from spamguard.features.lexical import N_GRAM_SIZES, N_WORD_FEATURES, LexicalFeatures, lexical_features
from spamguard.features.windows import Floats, Index
from spamguard.text import compiled
from spamguard.text.tokens import TokenBatch, tokenise

# The extension counts the costs of that many languages on its stack.
MAX_LANGUAGES = 64
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class CompiledRoad:
    """A model's tables as the extension looks them up; made by :func:`compiled_road`.

    Attributes
    ----------
    weights
        float16, shape (2 ** HASH_BITS,): of the linear model on hashed features, and
    bias
        what is added to every score.
    short_grams, long_grams
        uint8, shape (2 ** GRAM_BITS, n_languages) each: the costs of a bucket side by side.
    pairs
        See :class:`spamguard.features.language.LanguageTables`.
    """

    weights: NDArray[np.float16]
    bias: float
    short_grams: NDArray[np.uint8]
    long_grams: NDArray[np.uint8]
    pairs: NDArray[np.uint8]

    def score(self, tokens: TokenBatch) -> tuple[Floats, Hashes]:
        """Return each token's lexical log-odds of spam, and its hash."""
        score, token_hash = np.empty(len(tokens), dtype=np.float32), np.empty(len(tokens), dtype=np.uint64)
        folded = tokens.folded
        compiled.loaded().score(
            folded.code, folded.char_class, len(folded.code), tokens.start, tokens.end, tokens.line,
            tokens.doc_first, tokens.doc_last, self.weights, self.bias, score, token_hash,
        )  # fmt: skip
        return score, token_hash

    def lexical(self, tokens: TokenBatch, token_hash: Hashes, rows: Index) -> LexicalFeatures:
        """Return the lexical features of some tokens.

        Parameters
        ----------
        tokens, token_hash
            A whole batch, and what :meth:`score` gave.
        rows
            Numbers of tokens, ascending, whole lines only.
        """
        folded, n = tokens.folded, len(rows)
        # Besides its own letters a line sees two of those before it.
        most = int((tokens.end[rows] - tokens.start[rows]).sum()) + 2 * n
        words = np.empty((n, N_WORD_FEATURES), dtype=np.int64)
        grams = np.empty((most, N_GRAM_SIZES), dtype=np.int64)
        gram_start, gram_end, own_start = (np.empty(n, dtype=np.int64) for _ in range(3))
        count = compiled.loaded().hashes(
            len(folded.code), folded.code, folded.char_class, tokens.start, tokens.end, tokens.line,
            tokens.doc, tokens.doc_first, rows, words, grams, gram_start, gram_end, own_start,
        )  # fmt: skip
        return LexicalFeatures(words, grams[:count], gram_start, gram_end, own_start, token_hash[rows])

    def context(
        self, tokens: TokenBatch, score: Floats, token_hash: Hashes, rows: Index
    ) -> tuple[ContextFeatures, Floats]:
        """Return the dense features of some tokens, and how usual each is behind the one before.

        Parameters
        ----------
        tokens, score, token_hash
            A whole batch, and what :meth:`score` gave.
        rows
            Numbers of tokens, ascending, whole lines only.
        """
        names, folded = column_names(), tokens.folded
        matrix = np.empty((len(rows), len(names)), dtype=np.float32)
        kind, pair = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.float32)
        compiled.loaded().context(
            len(folded.code), folded.code, folded.char_class, folded.styled, folded.upper,
            tokens.start, tokens.end, tokens.line, tokens.token_class, tokens.space_before, score, token_hash,
            tokens.doc_first, tokens.doc_last, tokens.doc,
            self.short_grams.shape[1], self.short_grams, self.long_grams, self.pairs, _strewn(),
            rows, matrix, pair, kind,
        )  # fmt: skip
        return ContextFeatures(names, matrix, kind), pair


def compiled_road(weights: Floats, bias: float, tables: LanguageTables) -> CompiledRoad | None:
    """Lay a model's tables out for the extension.

    Returns
    -------
    CompiledRoad or None
        Nothing where the extension was not built, or where half precision would change the weights, as it
        does while they are being learnt: a stored model's are in half precision.
    """
    halves = weights.astype(np.float16)
    if compiled.extension is None or len(tables.grams) > MAX_LANGUAGES or not np.array_equal(halves, weights):
        return None
    short, long = (np.ascontiguousarray(tables.grams[:, size].T) for size in (0, 1))
    return CompiledRoad(halves, bias, short, long, np.ascontiguousarray(tables.pairs))


@cache
def _strewn() -> NDArray[np.float64]:
    """Return where in a document the n-grams lie that its language is told from, 0 to 1."""
    return np.linspace(0, 1, SAMPLED_GRAMS, endpoint=False)


@cache
def column_names() -> list[str]:
    """Name the columns of the dense features, as the NumPy code adds them."""
    tokens = tokenise(["a"])
    lexical, score = lexical_features(tokens), np.zeros(1, dtype=np.float32)
    grams = np.zeros((1, 2, 1 << GRAM_BITS), dtype=np.uint8)
    tables = LanguageTables(("en",), grams, np.zeros(1 << PAIR_BITS, dtype=np.uint8))
    fit, facts = language_fit(tokens, lexical, tables), document_facts(tokens, lexical, score, tables)
    return context_features(tokens, fit, score, facts).names

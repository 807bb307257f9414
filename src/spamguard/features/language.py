"""How well tokens fit the languages of clean news: n-gram statistics in hashed tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS, LexicalFeatures, bucket
from spamguard.features.windows import running
from spamguard.text.tokens import TokenBatch

GRAM_BITS = 14
PAIR_BITS = 22
# Log-probabilities are stored in steps of 1/16 nat below zero, so that they fit a byte.
LOG_STEP = 1 / 16
# N-grams of a document that its language is told from.
SAMPLED_GRAMS = 300
_TWIST = np.uint64(0x9E6C63D0876A9F4B)


@dataclass(frozen=True)
class LanguageTables:
    """Statistics of clean news.

    Attributes
    ----------
    names
        Languages, one a row of ``grams``.
    grams
        uint8, shape (n_languages, 2, 2 ** GRAM_BITS): minus the log-probability of an n-gram's bucket in
        the language, in steps of ``LOG_STEP``, for short and for longer n-grams.
    pairs
        uint8, shape (2 ** PAIR_BITS,): the binary logarithm of how often two or three tokens stood
        side by side, 0 where hardly ever.
    """

    names: tuple[str, ...]
    grams: NDArray[np.uint8]
    pairs: NDArray[np.uint8]


@dataclass(frozen=True)
class LanguageFit:
    """How well each token fits.

    Attributes
    ----------
    by_language
        float32, shape (t, n_languages): sum of the log-probabilities of the n-grams that start in the token.
    gram_count
        int64, shape (t,): how many n-grams that are.
    pair, triple, skip
        float32, shape (t,): how usual the token is behind the one before, behind the two before, and with the
        one before left out (the token before the last and this one side by side).
    """

    by_language: NDArray[np.float32]
    gram_count: NDArray[np.int64]
    pair: NDArray[np.float32]
    triple: NDArray[np.float32]
    skip: NDArray[np.float32]


def gram_rows(grams: NDArray[np.int64]) -> NDArray[np.int64]:
    """Buckets of the two shorter n-grams that start at each letter, shape (k, 2)."""
    return grams[:, :2] >> (HASH_BITS - GRAM_BITS)


def neighbour_buckets(token_hash: NDArray[np.uint64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Buckets of each token with those before it: pair, triple, and pair with the middle left out.

    Returns
    -------
    int64, shape (t, 3)
        The start of the line stands in for tokens that are not there.
    """
    before = _back(token_hash, 1, line)
    second = _back(token_hash, 2, line)
    pair = before * _TWIST + token_hash
    skip = second * _TWIST + token_hash
    triple = (second * _TWIST + before) * _TWIST + token_hash
    return np.stack(
        [bucket(pair, 71, PAIR_BITS), bucket(triple, 72, PAIR_BITS), bucket(skip, 71, PAIR_BITS)], axis=1
    )


def _back(token_hash: NDArray[np.uint64], by: int, line: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash of the token ``by`` places before on the same line."""
    shifted = np.full_like(token_hash, 3)
    same = line[by:] == line[:-by]
    shifted[by:][same] = token_hash[:-by][same]
    return shifted


def _costs(rows: NDArray[np.int64], tables: LanguageTables) -> NDArray[np.float32]:
    """Log-probability of each n-gram's start in each language, shape (k, n_languages)."""
    steps = tables.grams[:, 0, rows[:, 0]].astype(np.int16) + tables.grams[:, 1, rows[:, 1]]
    return steps.T * np.float32(-LOG_STEP)


def sampled_language(
    tokens: TokenBatch, features: LexicalFeatures, tables: LanguageTables
) -> NDArray[np.int64]:
    """Find the language that fits each document best, from n-grams strewn over it.

    Parameters
    ----------
    tokens, features
        A batch and its lexical features.
    tables
        Statistics to measure with.

    Returns
    -------
    int64, shape (n_documents,)
        Rows of ``tables.grams``; 0 for a document without letters.
    """
    n_documents = len(tokens.doc_first)
    full = np.flatnonzero(tokens.doc_last > tokens.doc_first)
    first = features.own_start[tokens.doc_first[full]]
    last = features.gram_end[tokens.doc_last[full] - 1]
    step = np.linspace(0, 1, SAMPLED_GRAMS, endpoint=False)
    # Rounded before the start is added, so that a document reads alike wherever it stands in its batch.
    strewn = first[:, None] + (step * (last - first)[:, None]).astype(np.int64)
    found = np.zeros(n_documents, dtype=np.int64)
    some = last > first
    if some.any():
        costs = _costs(gram_rows(features.grams[strewn[some].ravel()]), tables)
        sums = costs.reshape(int(some.sum()), SAMPLED_GRAMS, -1).sum(axis=1)
        found[full[some]] = sums.argmax(axis=1)
    return found


def language_fit(tokens: TokenBatch, features: LexicalFeatures, tables: LanguageTables) -> LanguageFit:
    """Measure how well each token fits the languages known and its neighbours.

    Parameters
    ----------
    tokens, features
        A batch, whole lines only, and its lexical features.
    tables
        Statistics to measure with.
    """
    count = features.gram_end - features.own_start
    last = np.cumsum(count)
    rows = np.arange(last[-1]) + np.repeat(features.own_start - last + count, count)
    sums = running(_costs(gram_rows(features.grams[rows]), tables))
    usual = tables.pairs[neighbour_buckets(features.token_hash, tokens.line)].astype(np.float32)
    return LanguageFit(
        by_language=(sums[last] - sums[last - count]).astype(np.float32),
        gram_count=count,
        pair=usual[:, 0],
        triple=usual[:, 1],
        skip=usual[:, 2],
    )


def joint_usual(
    pairs: NDArray[np.uint8],
    token_hash: NDArray[np.uint64],
    line: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> list[NDArray[np.float32]]:
    """How usual the text is that would stand where a gap closes.

    Parameters
    ----------
    pairs
        See :class:`LanguageTables`.
    token_hash, line
        Hashes of a batch's tokens, and their lines.
    first, last
        int64, shape (v,): half-open token ranges of the gaps.

    Returns
    -------
    list of three float32 arrays, shape (v,)
        For the pair across the gap, and for the triples with one more token before, and one more behind; -1
        where the line gives no such tokens.
    """
    n = len(token_hash)

    def token(at: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        inside = np.clip(at, 0, n - 1)
        return token_hash[inside], (at == inside) & (line[inside] == line[first])

    (second, has_second), (before, has_before) = token(first - 2), token(first - 1)
    (after, has_after), (next_after, has_next) = token(last), token(last + 1)
    pair = bucket(before * _TWIST + after, 71, PAIR_BITS)
    left = bucket((second * _TWIST + before) * _TWIST + after, 72, PAIR_BITS)
    right = bucket((before * _TWIST + after) * _TWIST + next_after, 72, PAIR_BITS)
    closes = has_before & has_after
    known = ((pair, closes), (left, closes & has_second), (right, closes & has_next))
    return [np.where(whole, pairs[at].astype(np.float32), np.float32(-1)) for at, whole in known]

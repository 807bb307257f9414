"""Hashed features of what a token says: its words and the character n-grams around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.text.classes import FIRST_LETTER, LAST_LETTER, CharClass
from spamguard.text.tokens import MAX_TOKEN_CHARS, TokenBatch, is_solo

HASH_BITS = 20
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0x100000001B3
N_WORD_FEATURES = 7
N_GRAM_SIZES = 4
# A token sees the n-grams that start up to this many letters before it.
_BACK = 2
# N-grams together against one word feature (EXPERIMENTS.md, 3).
_GRAM_SCALE = 2.0
_POWERS = np.cumprod(np.full(MAX_TOKEN_CHARS, _BASE, dtype=np.uint64))
# Digits and signs that stand for letters inside a word: c4sino, v1agra, ca$ino.
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s"}


@dataclass(frozen=True)
class LexicalFeatures:
    """Hashed lexical features of the tokens of a batch.

    Attributes
    ----------
    words
        int64, shape (t, N_WORD_FEATURES): buckets of the token and its neighbours.
    grams
        int64, shape (k, N_GRAM_SIZES): buckets of the n-grams that start at each letter.
    gram_start, gram_end
        int64, shape (t,): half-open rows of ``grams`` that belong to a token.
    own_start
        int64, shape (t,): first row of ``grams`` that starts inside the token itself.
    token_hash
        uint64, shape (t,): hash of the folded token.
    """

    words: NDArray[np.int64]
    grams: NDArray[np.int64]
    gram_start: NDArray[np.int64]
    gram_end: NDArray[np.int64]
    own_start: NDArray[np.int64]
    token_hash: NDArray[np.uint64]

    def take(self, rows: NDArray[np.int64]) -> LexicalFeatures:
        """Return the features of some tokens."""
        return LexicalFeatures(
            self.words[rows],
            self.grams,
            self.gram_start[rows],
            self.gram_end[rows],
            self.own_start[rows],
            self.token_hash[rows],
        )


def bucket(value: NDArray[np.uint64], salt: int, bits: int = HASH_BITS) -> NDArray[np.int64]:
    """Map hashes to ``2 ** bits`` buckets, differently for each salt."""
    mixed = (value ^ np.uint64(salt * 0x2545F4914F6CDD1D & 0xFFFFFFFFFFFFFFFF)) * _MIX
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _MIX) >> np.uint64(64 - bits)).astype(np.int64)


def hash_tokens(tokens: TokenBatch) -> NDArray[np.uint64]:
    """Polynomial hash of each folded token."""
    code = tokens.folded.code.astype(np.uint64)
    # White space lies between tokens: sum from each token's start to its end, nothing else.
    position = np.arange(len(code)) - _owner_start(tokens)
    terms = np.concatenate([[np.uint64(0)], np.cumsum(code * _POWERS[position % MAX_TOKEN_CHARS])])
    hashes: NDArray[np.uint64] = terms[tokens.end] - terms[tokens.start]
    return hashes


def _owner_start(tokens: TokenBatch) -> NDArray[np.int64]:
    """For each folded character the start of the token it lies in, or behind."""
    marks = np.zeros(len(tokens.folded.code), dtype=np.int64)
    marks[tokens.start] = tokens.start
    return np.maximum.accumulate(marks)


def _shift(values: NDArray[np.uint64], by: int, line: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Values of the neighbour ``by`` tokens away on the same line, 0 or 1 where there is none."""
    shifted = np.full_like(values, 1 if by > 0 else 0)
    if by > 0:
        same = line[by:] == line[:-by]
        shifted[:-by][same] = values[by:][same]
    else:
        same = line[-by:] == line[:by]
        shifted[-by:][same] = values[:by][same]
    return shifted


def _word_buckets(token_hash: NDArray[np.uint64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Buckets of the token, its neighbours and its pairs."""
    before, after = _shift(token_hash, -1, line), _shift(token_hash, 1, line)
    second_before, second_after = _shift(token_hash, -2, line), _shift(token_hash, 2, line)
    twist = np.uint64(_BASE * 31)
    columns = [
        token_hash,
        before,
        after,
        before * twist + token_hash,
        token_hash * twist + after,
        second_before * twist + token_hash,
        token_hash * twist + second_after,
    ]
    return np.stack([bucket(column, 11 + i) for i, column in enumerate(columns)], axis=1)


def _skeleton(tokens: TokenBatch) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Positions and codes of letters and digits alone, with digits read as letters inside words."""
    folded = tokens.folded
    char_class = folded.char_class
    letter = (char_class >= FIRST_LETTER) & (char_class <= LAST_LETTER)
    sign = (char_class == CharClass.AT) | (folded.code == ord("$"))
    at = np.flatnonzero(letter | (char_class == CharClass.DIGIT) | (char_class == CharClass.MARK) | sign)
    code = folded.code[at].astype(np.uint64)
    is_letter = char_class[at] <= CharClass.OTHER_LETTER
    glued = np.diff(at) == 1
    letter_after = np.append(is_letter[1:] & glued, False)
    letter_before = np.append(False, is_letter[:-1] & glued)
    more_after = np.append(~is_letter[1:] & glued, False)
    stands_in = ~is_letter & (letter_after | letter_before & ~more_after)
    for leet, plain in _LEET.items():
        code[stands_in & (code == ord(leet))] = ord(plain)
    return at, code


def _gram_buckets(
    code: NDArray[np.uint64], line: NDArray[np.int64], solo: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Buckets of the n-grams starting at each skeleton character: 1 to 4, or 3 to 6 in alphabets."""
    n = len(code)
    running, by_length = np.zeros(n, dtype=np.uint64), []
    for length in range(1, 7):
        # Past the batch's end stands the same as past a line's: a text reads alike wherever it stands.
        step = np.full(n, 7, dtype=np.uint64)
        if length <= n:
            same = line[length - 1 :] == line[: n - length + 1]
            step[: n - length + 1] = np.where(same, code[length - 1 :], np.uint64(7))
        running = running * np.uint64(_BASE) + step
        by_length.append(running)
    columns = [bucket(np.where(solo, by_length[i], by_length[i + 2]), 41 + i) for i in range(N_GRAM_SIZES)]
    return np.stack(columns, axis=1)


def lexical_features(tokens: TokenBatch) -> LexicalFeatures:
    """Hash the lexical features of a batch.

    Parameters
    ----------
    tokens
        Tokens of any number of documents.

    Returns
    -------
    LexicalFeatures
        Buckets below ``2 ** HASH_BITS``. A token owns the n-grams that start inside it or at the
        two letters of its document before it: those see it whole, whatever signs a disguise put between.
    """
    token_hash = hash_tokens(tokens)
    at, code = _skeleton(tokens)
    token_of_char = np.searchsorted(tokens.start, at, side="right") - 1
    line = tokens.line[token_of_char] if len(at) else np.zeros(0, dtype=np.int64)
    solo = is_solo(tokens.folded.char_class[at])
    own_start = np.searchsorted(at, tokens.start)
    doc_start = np.searchsorted(tokens.folded.raw[at], tokens.folded.doc_start)[tokens.doc]
    return LexicalFeatures(
        words=_word_buckets(token_hash, tokens.line),
        grams=_gram_buckets(code, line, solo),
        gram_start=np.maximum(own_start - _BACK, doc_start),
        gram_end=np.searchsorted(at, tokens.end),
        own_start=own_start,
        token_hash=token_hash,
    )


def lexical_scores(
    features: LexicalFeatures, weights: NDArray[np.float32], bias: float
) -> NDArray[np.float32]:
    """Log-odds of spam for each token from its lexical features alone.

    Parameters
    ----------
    features
        Hashed features of ``t`` tokens.
    weights
        float32, shape (2 ** HASH_BITS,).
    bias
        Added to every score.

    Returns
    -------
    float32, shape (t,)
        Uncalibrated.
    """
    word_sum = weights[features.words].sum(axis=1)
    per_char = weights[features.grams].sum(axis=1, dtype=np.float64)
    running = np.concatenate([[0.0], np.cumsum(per_char)])
    count = features.gram_end - features.gram_start
    gram_sum = running[features.gram_end] - running[features.gram_start]
    total: NDArray[np.float64] = word_sum + gram_sum * gram_value(count) + bias
    return total.astype(np.float32)


def gram_value(count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weight of one n-gram in a token with ``count`` n-gram rows, so that long words do not shout."""
    return _GRAM_SCALE / np.sqrt(np.maximum(count * N_GRAM_SIZES, 1))

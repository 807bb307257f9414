"""Small fingerprints: of strings, to join near-duplicates; of documents, to tell whether they are related.

MinHash is of Broder (1997), its banding of Indyk and Motwani (1998).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# 8 bands of 3 rows: strings that share half of their shingles meet in some band two times in three, those
# that share three quarters always, those that share a quarter one time in nine.
N_BANDS, BAND_ROWS = 8, 3
_N_HASHES = N_BANDS * BAND_ROWS
# Shingles of a string, in characters; numbers count alike in strings that have this many letters.
_SHINGLE_CHARS = 3
_MIN_LETTERS = 4
# A document's fingerprint: the least hashes of its shingles; documents that share this many are related.
DOCUMENT_HASHES = 24
_DOCUMENT_SHINGLE = 12
RELATED_HASHES = 8
_LEAST_SORTED = 4 * DOCUMENT_HASHES
_DIGITS = re.compile(r"\d")

# What recurs is fingerprinted again and again: as many strings as a ledger holds, some 600 bytes each.
_REMEMBERED = 8_192

Signature = tuple[int, ...]
_MULTIPLIERS = np.random.Generator(np.random.PCG64(7)).integers(1, 1 << 61, _N_HASHES, dtype=np.uint64) | 1
_BASE = np.uint64(0x9E3779B97F4A7C15)
_POWERS = np.array([pow(int(_BASE), i, 1 << 64) for i in range(_DOCUMENT_SHINGLE)], dtype=np.uint64)


def _shingle_hashes(text: str, width: int) -> NDArray[np.uint64]:
    """Hashes of all shingles, at least one; the same on every machine."""
    code = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not len(code):
        return np.zeros(1, dtype=np.uint64)
    hashes = _polynomials(code + np.uint64(1), max(1, min(width, len(code))))
    # The low bits of a product know only the low bits of its factors: stir the high ones in.
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return hashes ^ (hashes >> np.uint64(32))


def _polynomials(code: NDArray[np.uint64], width: int) -> NDArray[np.uint64]:
    """Polynomial hashes of all stretches of a width, put together from those of half of it."""
    if width == 1:
        return code
    half = width // 2
    hashes = _polynomials(code, half)
    hashes = hashes[:-half] * _POWERS[half] + hashes[half:]
    if width % 2:
        hashes = hashes[:-1] * _BASE + code[width - 1 :]
    joined: NDArray[np.uint64] = hashes
    return joined


@lru_cache(_REMEMBERED)
def string_signature(letters: str) -> Signature:
    """Return the fingerprint of a string.

    Parameters
    ----------
    letters
        Its skeleton, not empty. Numbers count alike: a campaign changes its telephone, not its words.

    Returns
    -------
    tuple of int
        Signatures of similar strings agree in many places.
    """
    blind = _DIGITS.sub("0", letters)
    if sum(not one.isdigit() for one in letters) < _MIN_LETTERS:
        blind = letters
    hashes = _shingle_hashes(blind, _SHINGLE_CHARS)
    return tuple(((hashes[:, None] * _MULTIPLIERS) >> np.uint64(32)).min(axis=0).tolist())


def bands(signature: Signature) -> list[tuple[int, Signature]]:
    """Return the keys under which similar strings meet."""
    return [(i, signature[i * BAND_ROWS : (i + 1) * BAND_ROWS]) for i in range(N_BANDS)]


def similarity(one: Signature, other: Signature) -> float:
    """Estimate the share of shingles that two strings have in common, 0 to 1.

    Examples
    --------
    >>> similarity(string_signature("cheaptadalafil20mg"), string_signature("cheaptadalafil40mg"))
    1.0
    """
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def document_signature(letters: str) -> frozenset[int]:
    """Return the fingerprint of a document: the least hashes of its shingles.

    Parameters
    ----------
    letters
        The document's skeleton, without the strings that are being judged.
    """
    hashes = _shingle_hashes(letters, _DOCUMENT_SHINGLE)
    # Sorting the few least is enough, unless the document repeats itself over and over.
    if len(hashes) > _LEAST_SORTED:
        least = np.unique(np.partition(hashes, _LEAST_SORTED)[:_LEAST_SORTED])
        if len(least) >= DOCUMENT_HASHES:
            return frozenset(least[:DOCUMENT_HASHES].tolist())
    return frozenset(np.unique(hashes)[:DOCUMENT_HASHES].tolist())


def are_related(one: frozenset[int], others: Sequence[frozenset[int]]) -> bool:
    """Say whether a document is much the same as one of the others: a reprint, a mirror, a later version."""
    return any(len(one & other) >= min(RELATED_HASHES, len(one)) for other in others)

"""Groups of texts that are nearly the same: MinHash (Broder, 1997) with bands, in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_SHINGLE = 5
_BANDS, _ROWS = 16, 6
# Share of equal signature places from which two texts are nearly the same.
_ALIKE = 0.8
_BASE = np.uint64(0x100000001B3)
# The first so many characters stand for a text: enough to tell articles apart.
_MOST_CHARS = 20_000


class Groups:
    """Joins numbers into groups.

    Parameters
    ----------
    count
        Numbers from 0 to below it; each is a group of its own at first.

    Examples
    --------
    >>> groups = Groups(3)
    >>> groups.join(0, 2)
    >>> [groups.of(number) for number in range(3)]
    [0, 1, 0]
    """

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def of(self, number: int) -> int:
        """Return the least number of a number's group."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, left: int, right: int) -> None:
        """Make one group of two."""
        low, high = sorted((self.of(left), self.of(right)))
        self._parent[high] = low

    def join_by(self, keys: Iterable[Iterable[object]]) -> None:
        """Join the numbers that share a key.

        Parameters
        ----------
        keys
            Hashable keys of each number, in order.
        """
        first: dict[object, int] = {}
        for number, mine in enumerate(keys):
            for key in mine:
                self.join(first.setdefault(key, number), number)


def signature(text: str) -> NDArray[np.uint64]:
    """Return a text's MinHash, white space and case aside; shape (96,).

    Parameters
    ----------
    text
        Any string.
    """
    folded = "".join(text[:_MOST_CHARS].split()).casefold()
    code = np.array([ord(c) for c in folded], dtype=np.uint64)
    if len(code) < _SHINGLE:
        code = np.append(code, np.zeros(_SHINGLE - len(code), dtype=np.uint64))
    shingles = np.zeros(len(code) - _SHINGLE + 1, dtype=np.uint64)
    for i in range(_SHINGLE):
        shingles = shingles * _BASE + code[i : len(code) - _SHINGLE + 1 + i]
    rng = np.random.default_rng(0)
    factors = rng.integers(1, 1 << 63, size=(_BANDS * _ROWS, 1), dtype=np.uint64) | np.uint64(1)
    mixed = (np.unique(shingles)[None, :] ^ (factors >> np.uint64(7))) * factors
    least: NDArray[np.uint64] = (mixed ^ (mixed >> np.uint64(31))).min(axis=1)
    return least


def near_pairs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Find texts that are nearly the same; equal ones are, too.

    Parameters
    ----------
    texts
        Any strings.

    Returns
    -------
    list of (int, int)
        Numbers of two texts, ascending; enough pairs that each group hangs together.
    """
    signatures = [signature(text) for text in texts]
    buckets: dict[tuple[int, bytes], list[int]] = {}
    for number, mine in enumerate(signatures):
        for band in range(_BANDS):
            key = band, mine[band * _ROWS : (band + 1) * _ROWS].tobytes()
            buckets.setdefault(key, []).append(number)
    pairs = {pair for members in buckets.values() for pair in pairwise(members)}
    return sorted(
        (left, right)
        for left, right in pairs
        if float(np.mean(signatures[left] == signatures[right])) >= _ALIKE
    )

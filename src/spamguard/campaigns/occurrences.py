"""Finds known strings in a text, whatever their disguise, in time linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.campaigns.skeleton import Skeleton

# Letters of a string's head that are looked up before the whole is compared.
HEAD_LETTERS = 4
_BASE, _STIR = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
# Heads are marked by the upper bits of their hashes in a table of flags: two of them meet in one place now
# and then, which costs a comparison.
_TABLE_BITS = 20


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A known string in a text.

    Parameters
    ----------
    letters
        The string's skeleton.
    start, end
        Half-open offsets into the text's skeleton.

    Examples
    --------
    >>> Occurrence("cheappills", 3, 13).letters
    'cheappills'
    """

    letters: str
    start: int
    end: int


class Finder:
    """Finds any of many strings.

    Parameters
    ----------
    strings
        Skeletons, each of at least :data:`HEAD_LETTERS` letters; shorter ones are left out.

    Examples
    --------
    >>> from spamguard.campaigns.skeleton import skeleton_of
    >>> [one.letters for one in Finder(["cheappills"]).find(skeleton_of("Yes. C-h-e-a-p ＰＩＬＬＳ! No."))]
    ['cheappills']
    """

    def __init__(self, strings: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for letters in sorted(set(strings), key=lambda one: (-len(one), one)):
            if len(letters) >= HEAD_LETTERS:
                self._by_head.setdefault(letters[:HEAD_LETTERS], []).append(letters)
        self._has_head = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
        for head in self._by_head:
            self._has_head[_windows(head)] = True

    def find(self, skeleton: Skeleton) -> list[Occurrence]:
        """Return where the strings stand as whole words: leftmost first, longest first, disjoint."""
        return self.find_all([skeleton])[0]

    def find_all(self, skeletons: Sequence[Skeleton]) -> list[list[Occurrence]]:
        """Return the same for many texts, at less cost than one by one."""
        found: list[list[Occurrence]] = [[] for _ in skeletons]
        joined = "".join(skeleton.letters for skeleton in skeletons)
        if not self._by_head or len(joined) < HEAD_LETTERS:
            return found
        starts = np.cumsum([0, *(len(skeleton.letters) for skeleton in skeletons)])
        heads = np.flatnonzero(self._has_head[_windows(joined)])
        owners = np.searchsorted(starts, heads, side="right") - 1
        # What begins in one text and ends in the next is no string of either: a slice ends with its text.
        for owner, at in zip(owners.tolist(), (heads - starts[owners]).tolist(), strict=True):
            mine = found[owner]
            if not mine or at >= mine[-1].end:
                mine += self._at(skeletons[owner], at)
        return found

    def _at(self, skeleton: Skeleton, at: int) -> tuple[Occurrence, ...]:
        """Return the longest string that stands at a place, if any does."""
        for letters in self._by_head.get(skeleton.letters[at : at + HEAD_LETTERS], ()):
            end = at + len(letters)
            if skeleton.letters.startswith(letters, at) and skeleton.ends_words(at, end):
                return (Occurrence(letters, at, end),)
        return ()


def _windows(letters: str) -> NDArray[np.intp]:
    """Places in the table of all stretches of HEAD_LETTERS letters."""
    code = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    # Of 32 bits, for processors multiply eight such numbers at once; first pairs, then pairs of pairs.
    pairs = code[:-1] * _BASE + code[1:]
    hashes = (pairs[:-2] * _BASE + pairs[2:]) * _STIR
    places: NDArray[np.intp] = (hashes >> np.uint32(32 - _TABLE_BITS)).astype(np.intp)
    return places

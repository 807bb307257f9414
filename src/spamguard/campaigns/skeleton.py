"""What is left of a text once its disguises are gone: letters and digits, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from spamguard.spans import Interval
from spamguard.text.classes import FIRST_LETTER, FIRST_SOLO, LAST_LETTER, LAST_SOLO, CharClass
from spamguard.text.encoding import document_starts, joined_code_points
from spamguard.text.unicode_tables import load

# Stands for ignorable characters, which are no letters and part no words; no code point is that high.
_IGNORED = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """A text's letters and digits: folded, look-alikes turned to Latin, all signs and spaces dropped.

    Parameters
    ----------
    letters
        The skeleton; equal for a string and for its disguises by signs, styles or spacing.
    raw, end
        int64, one entry a letter: its half-open offsets in the raw text; what is ignorable behind it, and the
        rest of an entity of HTML, is its own.
    classes
        uint8, one entry a letter: its :class:`spamguard.text.classes.CharClass`.

    Examples
    --------
    >>> skeleton_of("【爱-上-海】 ４１９").letters
    '爱上海419'
    """

    letters: str
    raw: NDArray[np.int64]
    end: NDArray[np.int64]
    classes: NDArray[np.uint8]

    def to_raw(self, start: int, end: int) -> Interval:
        """Map a half-open interval of the skeleton, not empty, to the raw text."""
        return int(self.raw[start]), int(self.end[end - 1])

    def ends_words(self, start: int, end: int) -> bool:
        """Whether an interval of the skeleton cuts no word in two."""
        return self._is_bound(start) and self._is_bound(end)

    def _is_bound(self, at: int) -> bool:
        """Whether a word may start or end here: at a gap, beside an unspaced script, between two scripts."""
        if at == 0 or at == len(self.letters) or self.raw[at] > self.end[at - 1]:
            return True
        before, behind = self.classes[at - 1], self.classes[at]
        if _is_solo(before) or _is_solo(behind):
            return True
        return bool(before != behind and max(before, behind) <= LAST_LETTER)

    def script(self, first: int = 0, last: int | None = None) -> int:
        """Return the class of most letters of a stretch; digits' own where it has none."""
        classes = self.classes[first:last]
        letters = classes[classes <= LAST_LETTER]
        return int(np.bincount(letters).argmax()) if len(letters) else int(CharClass.DIGIT)


def _is_solo(char_class: np.uint8) -> bool:
    """Whether a character is of a script written without spaces."""
    return bool(FIRST_SOLO <= char_class <= LAST_SOLO)


def skeleton_of(text: str) -> Skeleton:
    """Return the skeleton of any string."""
    return skeletons_of([text])[0]


def skeletons_of(texts: Sequence[str]) -> list[Skeleton]:
    """Return the skeletons of many strings, at less cost than one by one."""
    if not texts:
        return []
    raw_code = joined_code_points(texts)
    letter_of, class_of = _letter_tables()
    code = letter_of[raw_code]
    raw = np.flatnonzero(code)
    ignored = code[raw] == _IGNORED
    raw, end = (raw[~ignored], _ends(code, raw[~ignored])) if ignored.any() else (raw, raw + 1)
    letters, classes = (
        code[raw].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"),
        class_of[raw_code[raw]],
    )
    doc_start = document_starts(texts)
    bounds = np.searchsorted(raw, doc_start).tolist()
    return [
        Skeleton(letters[first:last], raw[first:last] - start, end[first:last] - start, classes[first:last])
        for first, last, start in zip(bounds, bounds[1:], doc_start.tolist(), strict=False)
    ]


def _ends(code: NDArray[np.uint32], raw: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where letters end that ignorable characters may follow: where the next other one stands."""
    shown = np.flatnonzero(code != _IGNORED)
    return shown[np.searchsorted(shown, raw, side="right")]


@cache
def _letter_tables() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Say of each code point what letter or digit it is in a skeleton, 0 for none, and of which class."""
    tables = load()
    classes = tables.classes[tables.fold]
    kept = (classes >= FIRST_LETTER) & (classes <= LAST_LETTER) | (classes == CharClass.DIGIT)
    letters = np.where(kept, tables.latin_twin[tables.fold], np.uint32(0))
    letters[classes == CharClass.IGNORED] = _IGNORED
    return letters, classes

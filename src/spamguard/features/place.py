"""A batch's tokens with the neighbourhoods that features look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spamguard.features.windows import Floats, Index, group_bounds
from spamguard.text.classes import LAST_LETTER, CharClass
from spamguard.text.tokens import TokenBatch

# Kinds of token that the features tell apart: scripts, digits, groups of signs.
KINDS: tuple[tuple[str, tuple[CharClass, ...]], ...] = (
    ("other", (CharClass.IGNORED, CharClass.SPACE, CharClass.BREAK)),
    ("Latin", (CharClass.LATIN,)),
    ("Cyrillic", (CharClass.CYRILLIC,)),
    ("Greek", (CharClass.GREEK,)),
    ("Arabic", (CharClass.ARABIC,)),
    ("Hebrew", (CharClass.HEBREW,)),
    ("Indic", (CharClass.INDIC,)),
    ("Hangul", (CharClass.HANGUL,)),
    ("other letter", (CharClass.OTHER_LETTER, CharClass.MARK)),
    ("Han", (CharClass.HAN,)),
    ("kana", (CharClass.HIRAGANA, CharClass.KATAKANA)),
    ("Thai", (CharClass.THAI,)),
    ("digit", (CharClass.DIGIT,)),
    ("stop", (CharClass.STOP,)),
    ("comma", (CharClass.COMMA, CharClass.COLON)),
    ("open", (CharClass.OPEN,)),
    ("close", (CharClass.CLOSE,)),
    ("quote", (CharClass.QUOTE,)),
    ("rule", (CharClass.DASH, CharClass.UNDERSCORE, CharClass.PIPE, CharClass.SLASH)),
    ("angle", (CharClass.ANGLE,)),
    (
        "sign",
        (
            CharClass.BULLET,
            CharClass.CURRENCY,
            CharClass.EMOJI,
            CharClass.SYMBOL,
            CharClass.AT,
            CharClass.CONTROL,
        ),
    ),
)
N_KINDS = len(KINDS)
KIND = {name: number for number, (name, _) in enumerate(KINDS)}
# Kinds below this are scripts.
N_SCRIPTS = KIND["digit"]
_KIND_OF_CLASS = np.zeros(len(CharClass), dtype=np.int64)
for _number, (_, _members) in enumerate(KINDS):
    _KIND_OF_CLASS[list(_members)] = _number

MAX_SCORE = 12.0
_SEGMENT_ENDS = (
    CharClass.STOP,
    CharClass.OPEN,
    CharClass.CLOSE,
    CharClass.PIPE,
    CharClass.ANGLE,
    CharClass.BULLET,
)
_FIRST_WIDE = 0x3000


def kinds_of(tokens: TokenBatch) -> Index:
    """Return the number of each token's kind in :data:`KINDS`."""
    kinds: Index = _KIND_OF_CLASS[tokens.token_class]
    return kinds


class Place:
    """Tokens with their kinds, segments and neighbours.

    A segment is a stretch of a line between sentence ends, brackets, pipes and bullets.

    Parameters
    ----------
    tokens
        A batch with at least one token, whole lines only.
    score
        float32, shape (t,): lexical log-odds of spam.
    """

    def __init__(self, tokens: TokenBatch, score: Floats) -> None:
        self.tokens = tokens
        self.n = len(tokens)
        self.at = np.arange(self.n)
        self.kind = kinds_of(tokens)
        self.letter = (tokens.token_class >= CharClass.LATIN) & (tokens.token_class <= LAST_LETTER)
        self.score: Floats = np.clip(score, -MAX_SCORE, MAX_SCORE)
        self.stop = self._ends_of_segments()
        starts = np.ones(self.n, dtype=bool)
        starts[1:] = self.stop[:-1] | (tokens.line[1:] != tokens.line[:-1])
        self.segment, self.segment_first, self.segment_last = group_bounds(starts)
        self.segment_starts = np.flatnonzero(starts)
        self._run_first, self._run_last = self._script_runs()

    def _ends_of_segments(self) -> NDArray[np.bool_]:
        """Mark the tokens that end a segment."""
        tokens = self.tokens
        glued = (tokens.token_class == CharClass.STOP) & ~self.next_flag(tokens.space_before, at_end=True)
        # A full stop inside a domain or number ends no sentence; in scripts without spaces it does.
        wide = tokens.folded.code[tokens.start] >= _FIRST_WIDE
        inside = glued & ~wide & (self.at + 1 < tokens.line_end)
        ends: NDArray[np.bool_] = np.isin(tokens.token_class, _SEGMENT_ENDS) & ~inside
        return ends

    def script_run(self) -> tuple[Index, Index]:
        """Half-open range of the run of one script on the line that each token lies in.

        Kana and Han make one run; digits and signs continue the run that they stand in.
        """
        return self._run_first, self._run_last

    def _script_runs(self) -> tuple[Index, Index]:
        """Work out :meth:`script_run`."""
        script = np.where(self.letter, self.kind, 0)
        script[script == KIND["kana"]] = KIND["Han"]
        latest = np.maximum.accumulate(np.where(script > 0, self.at, 0))
        carried = np.where(latest >= self.tokens.line_start, script[latest], 0)
        starts = np.ones(self.n, dtype=bool)
        starts[1:] = (carried[1:] != carried[:-1]) | (self.tokens.line[1:] != self.tokens.line[:-1])
        _, first, last = group_bounds(starts)
        return first, last

    def next_flag(self, flag: NDArray[np.bool_], *, at_end: bool) -> NDArray[np.bool_]:
        """Flag of the token behind, on the same line."""
        shifted = np.append(flag[1:], at_end)
        return np.where(self.at + 1 < self.tokens.line_end, shifted, at_end)

    def neighbour(self, values: NDArray[np.generic], by: int, otherwise: float) -> NDArray[np.generic]:
        """Values of the token ``by`` places away on the same line."""
        at = self.at + by
        inside = (at >= self.tokens.line_start) & (at < self.tokens.line_end)
        return np.where(inside, values[np.clip(at, 0, self.n - 1)], otherwise)

    def window(self, reach: int) -> tuple[Index, Index]:
        """Half-open range of the tokens at most ``reach`` away on the line."""
        first = np.maximum(self.at - reach, self.tokens.line_start)
        return first, np.minimum(self.at + reach + 1, self.tokens.line_end)

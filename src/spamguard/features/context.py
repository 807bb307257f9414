"""Dense features of a token in its place: what the neighbours say, and how foreign it is to line and document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.features.language import LanguageFit
from spamguard.features.lexical import LexicalFeatures
from spamguard.features.windows import (
    Floats,
    Index,
    group_bounds,
    max_by_group,
    mean_between,
    min_by_group,
    running,
)
from spamguard.text.classes import LAST_LETTER, CharClass
from spamguard.text.tokens import TokenBatch, is_solo

# Kinds of token that the features tell apart: scripts, digits, and groups of signs.
_KIND = np.array(
    [
        0,
        0,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        10,
        11,
        8,
        12,
        13,
        14,
        14,
        15,
        16,
        17,
        18,
        18,
        18,
        18,
        19,
        20,
        20,
        20,
        20,
        20,
        20,
    ],
    dtype=np.int64,
)
_N_KINDS = 21
_N_SCRIPTS = 12
_MAX_SCORE = 12.0
_OPENERS = np.array([CharClass.OPEN, CharClass.QUOTE], dtype=np.uint8)
_SEGMENT_ENDS = [
    CharClass.STOP,
    CharClass.OPEN,
    CharClass.CLOSE,
    CharClass.PIPE,
    CharClass.ANGLE,
    CharClass.BULLET,
]
_NAMES_OF_WINDOWS = (1, 2, 4, 8)


@dataclass
class _Columns:
    """Named columns that grow into a matrix."""

    names: list[str]
    columns: list[Floats]

    def add(self, name: str, values: NDArray[np.generic]) -> None:
        """Append one column."""
        self.names.append(name)
        self.columns.append(values.astype(np.float32))


@dataclass(frozen=True)
class ContextFeatures:
    """Dense features of tokens.

    Attributes
    ----------
    names
        What each column is.
    matrix
        float32, shape (t, len(names)).
    kind
        int64, shape (t,): kind of each token.
    """

    names: list[str]
    matrix: Floats
    kind: Index


class _Place:
    """A batch's tokens with the neighbourhoods that features look at."""

    def __init__(self, tokens: TokenBatch, score: Floats) -> None:
        self.tokens = tokens
        self.n = len(tokens)
        self.at = np.arange(self.n)
        self.kind = _KIND[tokens.token_class]
        self.letter = (tokens.token_class >= CharClass.LATIN) & (tokens.token_class <= LAST_LETTER)
        self.score = np.clip(score, -_MAX_SCORE, _MAX_SCORE)
        stop = np.isin(tokens.token_class, _SEGMENT_ENDS)
        glued_stop = (tokens.token_class == CharClass.STOP) & ~self.next_flag(tokens.space_before, True)
        # A full stop inside a domain or number ends no sentence; in scripts without spaces it does.
        wide = tokens.folded.code[tokens.start] >= 0x3000
        stop &= ~(glued_stop & ~wide & (self.at + 1 < tokens.line_end))
        self.stop = stop
        starts = np.ones(self.n, dtype=bool)
        starts[1:] = stop[:-1] | (tokens.line[1:] != tokens.line[:-1])
        self.segment, self.segment_first, self.segment_last = group_bounds(starts)
        self.segment_starts = np.flatnonzero(starts)

    def next_flag(self, flag: NDArray[np.bool_], at_end: bool) -> NDArray[np.bool_]:
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
        return np.maximum(self.at - reach, self.tokens.line_start), np.minimum(
            self.at + reach + 1, self.tokens.line_end
        )


def context_features(
    tokens: TokenBatch, lexical: LexicalFeatures, fit: LanguageFit, score: Floats
) -> ContextFeatures:
    """Describe each token in its place.

    Parameters
    ----------
    tokens
        A batch with at least one token.
    lexical
        Its lexical features.
    fit
        How well its tokens fit the languages known.
    score
        float32, shape (t,): lexical log-odds of spam.

    Returns
    -------
    ContextFeatures
    """
    place = _Place(tokens, score)
    out = _Columns([], [])
    _score_columns(place, out)
    _script_columns(place, out)
    _language_columns(place, fit, out)
    _shape_columns(place, out)
    _border_columns(place, out)
    _position_columns(place, out)
    _repetition_columns(place, lexical, out)
    return ContextFeatures(out.names, np.stack(out.columns, axis=1), place.kind)


def _score_columns(place: _Place, out: _Columns) -> None:
    """Lexical evidence here and around."""
    tokens, score = place.tokens, place.score
    sums = running(score)
    out.add("score", score)
    for reach in _NAMES_OF_WINDOWS:
        out.add(f"score ±{reach}", mean_between(sums, *place.window(reach)))
    for reach in (2, 5):
        out.add(
            f"score {reach} before",
            mean_between(sums, np.maximum(place.at - reach, tokens.line_start), place.at),
        )
        out.add(
            f"score {reach} after",
            mean_between(sums, place.at + 1, np.minimum(place.at + 1 + reach, tokens.line_end)),
        )
    for by in (-3, -2, -1, 1, 2, 3):
        out.add(f"score at {by:+d}", place.neighbour(score, by, 0.0))
    out.add("score of line", mean_between(sums, tokens.line_start, tokens.line_end))
    out.add(
        "score of document", mean_between(sums, tokens.doc_first[tokens.doc], tokens.doc_last[tokens.doc])
    )
    out.add("score of segment", mean_between(sums, place.segment_first, place.segment_last))
    out.add("best of segment", max_by_group(score, place.segment_starts)[place.segment])
    out.add("worst of segment", min_by_group(score, place.segment_starts)[place.segment])
    smooth = mean_between(sums, *place.window(2))
    line_starts = np.unique(tokens.line_start)
    best = max_by_group(smooth, line_starts)
    line_number = np.searchsorted(line_starts, tokens.line_start)
    out.add("best of line", best[line_number])
    line_doc = tokens.doc[line_starts]
    out.add("line before", _near(best, line_doc, -1)[line_number])
    out.add("line after", _near(best, line_doc, 1)[line_number])


def _near(values: Floats, doc: Index, by: int) -> Floats:
    """Value of each line's neighbour in its document; at the document's edge the line's own."""
    own = np.arange(len(values))
    near = np.clip(own + by, 0, len(values) - 1)
    return values[np.where(doc[near] == doc, near, own)]


def _script_columns(place: _Place, out: _Columns) -> None:
    """Script of the token, and how many around share it."""
    tokens, kind = place.tokens, place.kind
    one_hot = np.zeros((place.n, _N_KINDS), dtype=np.float32)
    one_hot[place.at, kind] = 1
    for number in range(1, _N_KINDS):
        out.add(f"kind {number}", one_hot[:, number])
    letters = one_hot[:, :_N_SCRIPTS].copy()
    # A word of an alphabet weighs as much as the few characters that it would be in Han.
    letters[~is_solo(tokens.token_class)] *= 3
    sums = running(letters)
    own = np.minimum(kind, _N_SCRIPTS - 1)
    is_script = kind < _N_SCRIPTS
    for name, first, last in (
        ("±3", *place.window(3)),
        ("line", tokens.line_start, tokens.line_end),
        ("segment", place.segment_first, place.segment_last),
        ("document", tokens.doc_first[tokens.doc], tokens.doc_last[tokens.doc]),
    ):
        total = sums[last] - sums[first]
        share = total[place.at, own] / np.maximum(total.sum(axis=1), 1)
        out.add(f"own script in {name}", np.where(is_script, share, -1))
        if name == "document":
            main = total[:, :].argmax(axis=1)
            out.add("script is main", np.where(is_script, own == main, -1))
            for script in (1, 2, 9, 10, 7, 4, 11):
                out.add(f"main script {script}", main == script)
            out.add("document letters", np.log1p(total.sum(axis=1)))
    _script_run_columns(place, out)


def _script_run_columns(place: _Place, out: _Columns) -> None:
    """The run of one script that the token lies in, and what borders it."""
    tokens = place.tokens
    script = np.where(place.letter, place.kind, 0)
    # Kana and Han make one run; digits and signs continue the run that they stand in.
    script[script == 10] = 9
    filled = np.maximum.accumulate(np.where(script > 0, place.at, 0))
    filled = np.maximum(filled, tokens.doc_first[tokens.doc])
    carried = script[filled]
    starts = np.ones(place.n, dtype=bool)
    starts[1:] = (carried[1:] != carried[:-1]) | (tokens.line[1:] != tokens.line[:-1])
    _, first, last = group_bounds(starts)
    out.add("run length", np.log1p(last - first))
    out.add("run from start", np.minimum(place.at - first, 20))
    out.add("run to end", np.minimum(last - 1 - place.at, 20))
    out.add("run starts line", first == tokens.line_start)
    out.add("run ends line", last == tokens.line_end)
    before = place.kind[np.maximum(first - 1, 0)]
    out.add("run behind opener", np.isin(before, (15, 17)) & (first > tokens.line_start))


def _language_columns(place: _Place, fit: LanguageFit, out: _Columns) -> None:
    """Predictability in the document's language, and whether another fits better."""
    tokens = place.tokens
    own_language = fit.document_language[tokens.doc]
    count = fit.gram_count.astype(np.float32)
    own = fit.by_language[place.at, own_language]
    count_sums, sums = running(count), running(fit.by_language)
    for name, first, last in (
        ("token", place.at, place.at + 1),
        ("±3", *place.window(3)),
        ("±8", *place.window(8)),
        ("segment", place.segment_first, place.segment_last),
        ("line", tokens.line_start, tokens.line_end),
    ):
        n = np.maximum(count_sums[last] - count_sums[first], 1)
        total = (sums[last] - sums[first]).astype(np.float32)
        here = total[place.at, own_language]
        out.add(f"fit in {name}", here / n)
        out.add(f"misfit in {name}", np.minimum(total.max(axis=1) - here, 60) / np.sqrt(n))
    out.add("own cost", own / np.maximum(count, 1))
    for name, values in (("pair", fit.pair), ("triple", fit.triple)):
        out.add(f"{name} before", values)
        out.add(f"{name} after", place.neighbour(values, 1, 0.0))
        value_sums = running(values)
        for reach in (3, 8):
            out.add(f"{name} ±{reach}", mean_between(value_sums, *place.window(reach)))
        out.add(f"{name} in segment", mean_between(value_sums, place.segment_first, place.segment_last))
    out.add("closes without", place.neighbour(fit.skip, 1, 0.0))


def _shape_columns(place: _Place, out: _Columns) -> None:
    """Capitals, digits, disguises, and their shares around."""
    tokens = place.tokens
    folded = tokens.folded
    length = tokens.end - tokens.start
    flags = {
        "capital": folded.upper[tokens.start],
        "capitals": mean_between(running(folded.upper), tokens.start, tokens.end) > 0.6,
        "digit": mean_between(running(folded.char_class == CharClass.DIGIT), tokens.start, tokens.end) > 0,
        "styled": mean_between(running(folded.styled), tokens.start, tokens.end) > 0,
        "single": (length == 1) & place.letter & ~is_solo(tokens.token_class),
        "sign": ~place.letter & (tokens.token_class != CharClass.DIGIT),
        "glued sign": ~place.letter & (tokens.token_class != CharClass.DIGIT) & ~tokens.space_before,
        "slash or at": np.isin(tokens.token_class, [CharClass.SLASH, CharClass.AT]),
        "angle or bracket": np.isin(tokens.token_class, [CharClass.ANGLE, CharClass.OPEN, CharClass.CLOSE]),
        "comma": tokens.token_class == CharClass.COMMA,
        "stop": place.stop,
    }
    word = place.letter & ~is_solo(tokens.token_class)
    flags["mixed"] = flags["digit"] & word
    flags["long"] = length > 12
    for name, flag in flags.items():
        sums = running(flag)
        if name not in ("sign", "comma"):
            out.add(name, flag)
        out.add(f"{name} ±4", mean_between(sums, *place.window(4)))
        if name in (
            "capital",
            "digit",
            "sign",
            "styled",
            "single",
            "stop",
            "comma",
            "slash or at",
            "angle or bracket",
        ):
            out.add(f"{name} in segment", mean_between(sums, place.segment_first, place.segment_last))
            out.add(f"{name} in line", mean_between(sums, tokens.line_start, tokens.line_end))
    out.add("length", np.log1p(length))


def _border_columns(place: _Place, out: _Columns) -> None:
    """What stands before and behind."""
    tokens = place.tokens
    out.add("space before", tokens.space_before)
    out.add("space after", place.next_flag(tokens.space_before, True))
    for by in (-2, -1, 1, 2):
        kind = place.neighbour(place.kind, by, _N_KINDS)
        for group, members in {
            "letter": range(1, 9), "solo": (9, 10, 11), "digit": (12,), "stop": (13,), "comma": (14,), "opener": (15, 17),
            "closer": (16,), "sign": (18, 19, 20), "edge": (_N_KINDS,),
        }.items():  # fmt: skip
            out.add(f"{group} at {by:+d}", np.isin(kind, members))
    stop_before = place.neighbour(place.stop, -1, 1.0)
    out.add("sentence start", stop_before)
    out.add("capital after", place.neighbour(tokens.folded.upper[tokens.start], 1, 0.0))
    depth = running((place.kind == 15).astype(np.int64) - (place.kind == 16).astype(np.int64))
    out.add("in brackets", np.clip(depth[place.at] - depth[tokens.line_start], 0, 2))
    quotes = running(place.kind == 17)
    out.add("in quotes", (quotes[place.at] - quotes[tokens.line_start]) % 2)
    out.add("quotes in line", np.minimum(quotes[tokens.line_end] - quotes[tokens.line_start], 4))


def _position_columns(place: _Place, out: _Columns) -> None:
    """Where in segment, line and document."""
    tokens = place.tokens
    out.add("from line start", np.minimum(place.at - tokens.line_start, 30))
    out.add("to line end", np.minimum(tokens.line_end - 1 - place.at, 30))
    out.add("line length", np.log1p(tokens.line_end - tokens.line_start))
    out.add("from segment start", np.minimum(place.at - place.segment_first, 30))
    out.add("to segment end", np.minimum(place.segment_last - 1 - place.at, 30))
    out.add("segment length", np.log1p(place.segment_last - place.segment_first))
    out.add("segment starts line", place.segment_first == tokens.line_start)
    out.add("segment ends line", place.segment_last == tokens.line_end)
    out.add("segment is stopped", place.stop[place.segment_last - 1])
    doc_first, doc_last = tokens.doc_first[tokens.doc], tokens.doc_last[tokens.doc]
    out.add("first line", tokens.line_start == doc_first)
    out.add("last line", tokens.line_end == doc_last)
    out.add("document length", np.log1p(doc_last - doc_first))
    line_starts = tokens.line_start == place.at
    lines = running(line_starts)
    out.add("document lines", np.log1p(lines[doc_last] - lines[doc_first]))
    length = (tokens.line_end - tokens.line_start)[line_starts]
    line_number = (lines[place.at + 1] - 1).astype(np.int64)
    mean_length = (doc_last - doc_first) / np.maximum(lines[doc_last] - lines[doc_first], 1)
    out.add("line against usual", np.log1p(length[line_number]) - np.log1p(mean_length))


def _repetition_columns(place: _Place, lexical: LexicalFeatures, out: _Columns) -> None:
    """How often the same run of tokens stands in the document."""
    tokens = place.tokens
    for reach in (2, 4):
        value = np.zeros(place.n, dtype=np.uint64)
        for by in range(reach):
            value = value * np.uint64(0x100000001B3) + place.neighbour(lexical.token_hash, by, 5).astype(
                np.uint64
            )
        value = value * np.uint64(0x9E3779B97F4A7C15) + tokens.doc.astype(np.uint64)
        _, inverse, count = np.unique(value, return_inverse=True, return_counts=True)
        whole = place.at + reach <= tokens.line_end
        times = np.where(whole, count[inverse], 1).astype(np.float32)
        # A token counts as repeated where any run that covers it is.
        best = times.copy()
        for by in range(1, reach):
            best = np.maximum(best, place.neighbour(times, -by, 1.0))
        out.add(f"repeated {reach}", np.log2(np.minimum(best, 64)))

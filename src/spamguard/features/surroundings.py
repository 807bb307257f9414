"""Features of what a token looks like and what it stands among: scripts, shapes, borders, positions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spamguard.features.document import DocumentFacts
from spamguard.features.place import KIND, KINDS, N_KINDS, N_SCRIPTS, Place
from spamguard.features.windows import mean_between, running
from spamguard.text.classes import CharClass
from spamguard.text.tokens import is_solo

Add = Callable[[str, NDArray[np.generic]], None]
_FAR = 30
_LONG_WORD = 12
_MAIN_SCRIPTS = ("Latin", "Cyrillic", "Arabic", "Hangul", "Han", "kana", "Thai")
_AROUND_ALL = (
    "capital",
    "digit",
    "sign",
    "styled",
    "single",
    "stop",
    "comma",
    "slash or at",
    "angle or bracket",
)
_BORDERS = {
    "letter": range(1, 9),
    "solo": (KIND["Han"], KIND["kana"], KIND["Thai"]),
    "digit": (KIND["digit"],),
    "stop": (KIND["stop"],),
    "comma": (KIND["comma"],),
    "opener": (KIND["open"], KIND["quote"]),
    "closer": (KIND["close"],),
    "sign": (KIND["rule"], KIND["angle"], KIND["sign"]),
    "edge": (N_KINDS,),
}


def add_scripts(place: Place, facts: DocumentFacts, add: Add) -> None:
    """Add the script of the token, and how many around share it."""
    tokens, kind = place.tokens, place.kind
    one_hot = np.zeros((place.n, N_KINDS), dtype=np.float32)
    one_hot[place.at, kind] = 1
    for number in range(1, N_KINDS):
        add(f"kind {KINDS[number][0]}", one_hot[:, number])
    letters = one_hot[:, :N_SCRIPTS].copy()
    letters[~is_solo(tokens.token_class)] *= 3
    sums = running(letters)
    own, is_script = np.minimum(kind, N_SCRIPTS - 1), kind < N_SCRIPTS
    document = facts.scripts[tokens.doc]
    for name, total in (
        ("±3", _between(sums, *place.window(3))),
        ("line", _between(sums, tokens.line_start, tokens.line_end)),
        ("segment", _between(sums, place.segment_first, place.segment_last)),
        ("document", document),
    ):
        share = total[place.at, own] / np.maximum(total.sum(axis=1), 1)
        add(f"own script in {name}", np.where(is_script, share, -1))
    main = document.argmax(axis=1)
    add("script is main", np.where(is_script, own == main, -1))
    for script in _MAIN_SCRIPTS:
        add(f"main script {script}", main == KIND[script])
    add("document letters", np.log1p(document.sum(axis=1)))
    _add_script_runs(place, add)


def _between(
    sums: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return sums over half-open ranges."""
    return sums[last] - sums[first]


def _add_script_runs(place: Place, add: Add) -> None:
    """Add the run of one script that the token lies in, and what borders it."""
    tokens = place.tokens
    first, last = place.script_run()
    add("run length", np.log1p(last - first))
    add("run from start", np.minimum(place.at - first, _FAR))
    add("run to end", np.minimum(last - 1 - place.at, _FAR))
    add("run starts line", first == tokens.line_start)
    add("run ends line", last == tokens.line_end)
    before = place.kind[np.maximum(first - 1, 0)]
    add("run behind opener", np.isin(before, _BORDERS["opener"]) & (first > tokens.line_start))


def add_shapes(place: Place, add: Add) -> None:
    """Add capitals, digits, disguises, and their shares around."""
    tokens, folded = place.tokens, place.tokens.folded
    length = tokens.end - tokens.start
    token_class = tokens.token_class
    solo = is_solo(token_class)
    sign = ~place.letter & (token_class != CharClass.DIGIT)
    digit = _share_inside(place, folded.char_class == CharClass.DIGIT) > 0
    flags = {
        "capital": folded.upper[tokens.start],
        "capitals": _share_inside(place, folded.upper) > 0.6,
        "digit": digit,
        "styled": _share_inside(place, folded.styled) > 0,
        "single": (length == 1) & place.letter & ~solo,
        "sign": sign,
        "glued sign": sign & ~tokens.space_before,
        "slash or at": np.isin(token_class, (CharClass.SLASH, CharClass.AT)),
        "angle or bracket": np.isin(token_class, (CharClass.ANGLE, CharClass.OPEN, CharClass.CLOSE)),
        "comma": token_class == CharClass.COMMA,
        "stop": place.stop,
        "mixed": digit & place.letter & ~solo,
        "long": length > _LONG_WORD,
    }
    for name, flag in flags.items():
        sums = running(flag)
        add(name, flag)
        add(f"{name} ±4", mean_between(sums, *place.window(4)))
        if name in _AROUND_ALL:
            add(f"{name} in segment", mean_between(sums, place.segment_first, place.segment_last))
            add(f"{name} in line", mean_between(sums, tokens.line_start, tokens.line_end))
    add("length", np.log1p(length))


def _share_inside(place: Place, flag: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Share of a token's characters that have a flag."""
    tokens = place.tokens
    length = tokens.end - tokens.start
    last = np.cumsum(length)
    chars = np.arange(last[-1]) + np.repeat(tokens.start - last + length, length)
    return mean_between(running(flag[chars]), last - length, last)


def add_borders(place: Place, add: Add) -> None:
    """Add what stands before and behind."""
    tokens = place.tokens
    add("space before", tokens.space_before)
    add("space after", place.next_flag(tokens.space_before, at_end=True))
    for by in (-2, -1, 1, 2):
        kind = place.neighbour(place.kind, by, N_KINDS)
        for group, members in _BORDERS.items():
            add(f"{group} at {by:+d}", np.isin(kind, list(members)))
    capital = tokens.folded.upper[tokens.start]
    add("sentence start", place.neighbour(place.stop, -1, 1.0))
    add("capital after", place.neighbour(capital, 1, 0.0))
    add("capital before", place.neighbour(capital, -1, 0.0))
    depth = running((place.kind == KIND["open"]).astype(np.int64) - (place.kind == KIND["close"]))
    add("in brackets", np.clip(depth[place.at] - depth[tokens.line_start], 0, 2))
    quotes = running(place.kind == KIND["quote"])
    add("in quotes", (quotes[place.at] - quotes[tokens.line_start]) % 2)
    add("quotes in line", np.minimum(quotes[tokens.line_end] - quotes[tokens.line_start], 4))


def add_positions(place: Place, facts: DocumentFacts, add: Add) -> None:
    """Add where in segment, line and document the token stands."""
    tokens = place.tokens
    line_length = tokens.line_end - tokens.line_start
    add("from line start", np.minimum(place.at - tokens.line_start, _FAR))
    add("to line end", np.minimum(tokens.line_end - 1 - place.at, _FAR))
    add("line length", np.log1p(line_length))
    add("from segment start", np.minimum(place.at - place.segment_first, _FAR))
    add("to segment end", np.minimum(place.segment_last - 1 - place.at, _FAR))
    add("segment length", np.log1p(place.segment_last - place.segment_first))
    add("segment starts line", place.segment_first == tokens.line_start)
    add("segment ends line", place.segment_last == tokens.line_end)
    add("segment is stopped", place.stop[place.segment_last - 1])
    add("first line", facts.first_line)
    add("last line", facts.last_line)
    n_tokens, n_lines = facts.n_tokens[tokens.doc], facts.n_lines[tokens.doc]
    add("document length", np.log1p(n_tokens))
    add("document lines", np.log1p(n_lines))
    add("line against usual", np.log1p(line_length) - np.log1p(n_tokens / np.maximum(n_lines, 1)))

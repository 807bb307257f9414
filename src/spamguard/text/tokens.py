"""Tokens with their place: words, single characters of scripts without spaces, marks and signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.text import compiled
from spamguard.text.classes import FIRST_SOLO, LAST_SOLO, N_CLASSES, CharClass
from spamguard.text.encoding import FoldedBatch, document_starts, fold, joined_code_points
from spamguard.text.unicode_tables import load

# Group of each class for tokenising: characters of one group side by side make one token.
_SOLO, _WORD, _SPACE, _BREAK = 255, 1, 2, 3
_GROUP = np.full(N_CLASSES, _SOLO, dtype=np.uint8)
for _class in (*range(CharClass.LATIN, CharClass.OTHER_LETTER + 1), CharClass.MARK, CharClass.DIGIT):
    _GROUP[_class] = _WORD
# Letters of one kind make a word: Cyrillic and Greek pass for Latin, other scripts for none but themselves.
_SCRIPT = np.zeros(N_CLASSES, dtype=np.uint8)
_SCRIPT[CharClass.LATIN : CharClass.GREEK + 1] = 1
_SCRIPT[CharClass.ARABIC : CharClass.OTHER_LETTER + 1] = np.arange(2, 7)
_GROUP[CharClass.KATAKANA] = 4
_GROUP[CharClass.SPACE] = _SPACE
_GROUP[CharClass.BREAK] = _BREAK
_GROUP[CharClass.CONTROL] = 5
# Signs run together when they repeat: "!!!", "-----".
_RUNNING = np.zeros(N_CLASSES, dtype=bool)
_RUNNING[[CharClass.STOP, CharClass.DASH, CharClass.UNDERSCORE, CharClass.BULLET, CharClass.EMOJI]] = True
_RUNNING[[CharClass.SYMBOL, CharClass.PIPE, CharClass.SLASH]] = True

MAX_TOKEN_CHARS = 64


@dataclass(frozen=True)
class TokenBatch:
    """Tokens of a batch of documents; white space makes no tokens but shows in ``space_before``.

    Attributes
    ----------
    folded
        The folded characters that the tokens lie in.
    start, end
        int64, shape (t,): half-open positions in ``folded``.
    token_class
        uint8, shape (t,): class of the token's first character; a word with a letter in it has the
        class of its first letter.
    line, doc
        int64, shape (t,): number of the line in the batch, and of the document.
    line_start, line_end
        int64, shape (t,): half-open token range of the token's line.
    doc_first, doc_last
        int64, shape (n_documents,): half-open token range of each document.
    space_before
        bool, shape (t,): white space stands between this token and the one before on its line.
    """

    folded: FoldedBatch
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    token_class: NDArray[np.uint8]
    line: NDArray[np.int64]
    doc: NDArray[np.int64]
    line_start: NDArray[np.int64]
    line_end: NDArray[np.int64]
    doc_first: NDArray[np.int64]
    doc_last: NDArray[np.int64]
    space_before: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.start)

    def take(self, rows: NDArray[np.int64]) -> TokenBatch:
        """Return some of the tokens, whole lines only, as a batch of their own.

        Parameters
        ----------
        rows
            Numbers of the tokens, ascending.
        """
        line, doc = self.line[rows], self.doc[rows]
        documents = np.arange(len(self.doc_first))
        line_start, line_end = _bounds(line)
        return TokenBatch(
            folded=self.folded,
            start=self.start[rows],
            end=self.end[rows],
            token_class=self.token_class[rows],
            line=line,
            doc=doc,
            line_start=line_start,
            line_end=line_end,
            doc_first=np.searchsorted(doc, documents, side="left"),
            doc_last=np.searchsorted(doc, documents, side="right"),
            space_before=self.space_before[rows],
        )


def _first_flags(folded: FoldedBatch) -> NDArray[np.bool_]:
    """Mark the characters at which a token, or a stretch of white space, starts."""
    char_class = folded.char_class
    group = _GROUP[char_class]
    first = np.ones(len(group), dtype=bool)
    joined = (group[1:] == group[:-1]) & (group[1:] != _SOLO)
    joined |= _RUNNING[char_class[1:]] & (folded.code[1:] == folded.code[:-1])
    # A mark belongs to the letter before it, whatever the script.
    joined |= (char_class[1:] == CharClass.MARK) & (group[:-1] != _SPACE) & (group[:-1] != _BREAK)
    first[1:] = ~joined
    first |= _glued(folded, first)
    positions = np.flatnonzero(first)
    lengths = np.diff(positions, append=len(group))
    for long in np.flatnonzero(lengths > MAX_TOKEN_CHARS):
        stop = positions[long] + lengths[long]
        first[positions[long] : stop : MAX_TOKEN_CHARS] = True
    return first


def _glued(folded: FoldedBatch, first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark words that start without a space: in another script, or with a capital as in ``419The``."""
    script, at = _SCRIPT[folded.char_class], np.arange(len(first))
    letter = script > 0
    word = np.cumsum(first)
    seen = np.maximum.accumulate(np.where(letter, at, 0))
    other = np.zeros(len(first), dtype=bool)
    other[1:] = letter[1:] & letter[seen[:-1]] & (script[1:] != script[seen[:-1]])
    other[1:] &= word[1:] == word[seen[:-1]]
    kind = folded.char_class
    small = ~folded.upper & (letter | (kind == CharClass.DIGIT))
    inner = slice(2, -1)
    capital = folded.upper[inner] & small[1:-2] & small[:-3] & small[3:]
    capital &= (word[inner] == word[:-3]) & ~first[3:]
    if capital.any():
        plain = (kind[inner] == CharClass.LATIN) & (kind[3:] == CharClass.LATIN)
        other[inner] |= capital & (plain | ~_mixed(kind, np.flatnonzero(first))[word[inner] - 1])
    return other


def _mixed(char_class: NDArray[np.uint8], start: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the words that mix Latin with Cyrillic or Greek: a foreign capital there may be a look-alike."""
    foreign = (char_class == CharClass.CYRILLIC) | (char_class == CharClass.GREEK)
    latin = np.logical_or.reduceat(char_class == CharClass.LATIN, start)
    return np.asarray(latin & np.logical_or.reduceat(foreign, start))


def _unmask(folded: FoldedBatch, start: NDArray[np.int64], char_token: NDArray[np.int64]) -> None:
    """Turn look-alikes into Latin letters in words that mix Latin with Cyrillic or Greek."""
    char_class = folded.char_class
    foreign = (char_class == CharClass.CYRILLIC) | (char_class == CharClass.GREEK)
    if not foreign.any():
        return
    chars = np.flatnonzero(_mixed(char_class, start)[char_token] & foreign)
    folded.code[chars] = load().latin_twin[folded.code[chars]]
    folded.styled[chars] = True


def tokenise(texts: Sequence[str]) -> TokenBatch:
    """Cut a batch of documents into tokens.

    Parameters
    ----------
    texts
        Any strings, at least one.

    Returns
    -------
    TokenBatch
        Tokens in reading order, documents one after the other.
    """
    return _compiled_tokens(texts) if compiled.extension else _numpy_tokens(texts)


def _compiled_tokens(texts: Sequence[str]) -> TokenBatch:
    """Cut a batch by the compiled road: the same in one pass over the code points."""
    assert compiled.extension is not None
    tables, raw = load(), joined_code_points(texts)
    n = len(raw)
    code, char_class = np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint8)
    offsets, start, end, line = (np.empty(n, dtype=np.int64) for _ in range(4))
    styled, upper, space_before = (np.empty(n, dtype=bool) for _ in range(3))
    token_class = np.empty(n, dtype=np.uint8)
    kept, count = compiled.extension.cut(
        raw, tables.fold, tables.classes, tables.latin_twin,
        code, char_class, offsets, styled, upper, start, end, line, token_class, space_before,
    )  # fmt: skip
    folded = FoldedBatch(
        code[:kept], char_class[:kept], offsets[:kept], document_starts(texts), styled[:kept], upper[:kept]
    )
    return _batch(folded, start[:count], end[:count], token_class[:count], line[:count], space_before[:count])


def _numpy_tokens(texts: Sequence[str]) -> TokenBatch:
    """Cut a batch by NumPy alone."""
    folded = fold(texts)
    first = _first_flags(folded)
    start = np.flatnonzero(first)
    end = np.append(start[1:], len(first))
    _unmask(folded, start, np.cumsum(first) - 1)
    first_class = folded.char_class[start]
    white = (first_class == CharClass.SPACE) | (first_class == CharClass.BREAK)
    line_of = np.cumsum(first_class == CharClass.BREAK)
    space_before = np.zeros(len(start), dtype=bool)
    space_before[1:] = first_class[:-1] == CharClass.SPACE
    keep = np.flatnonzero(~white)
    start, end, line = start[keep], end[keep], line_of[keep]
    return _batch(folded, start, end, _word_class(folded, start, end), line, space_before[keep])


def _batch(
    folded: FoldedBatch,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    token_class: NDArray[np.uint8],
    line: NDArray[np.int64],
    space_before: NDArray[np.bool_],
) -> TokenBatch:
    """Put tokens together with the bounds of their lines and documents."""
    bounds = np.searchsorted(folded.raw[start], folded.doc_start)
    line_start, line_end = _bounds(line)
    return TokenBatch(
        folded=folded,
        start=start,
        end=end,
        token_class=token_class,
        line=line,
        doc=np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)),
        line_start=line_start,
        line_end=line_end,
        doc_first=bounds[:-1],
        doc_last=bounds[1:],
        space_before=space_before,
    )


def _bounds(group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Half-open token range of each token's group, of groups side by side."""
    cuts = np.flatnonzero(group[1:] != group[:-1]) + 1
    edges = np.concatenate([[0], cuts, [len(group)]])
    lengths = np.diff(edges)
    return np.repeat(edges[:-1], lengths), np.repeat(edges[1:], lengths)


def _word_class(folded: FoldedBatch, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Class of each token: its first letter's where it has one, else its first character's."""
    token_class = folded.char_class[start].copy()
    for unsure in (CharClass.DIGIT, CharClass.MARK):
        rows = np.flatnonzero((token_class == unsure) & (end - start > 1))
        position = start[rows] + 1
        while len(rows):
            found = folded.char_class[position]
            letter = (found >= CharClass.LATIN) & (found <= LAST_SOLO)
            token_class[rows[letter]] = found[letter]
            position += 1
            more = ~letter & (position < end[rows])
            rows, position = rows[more], position[more]
    return token_class


def is_solo(token_class: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether tokens are characters of a script written without spaces."""
    return (token_class >= FIRST_SOLO) & (token_class <= LAST_SOLO)

"""Texts as arrays: code points of many documents side by side, and their folded shadow."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.text.classes import FIRST_LETTER, CharClass
from spamguard.text.unicode_tables import load

# A character by its number, as HTML writes it; pages that were escaped once too often show it so.
_ENTITY = re.compile(r"&#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});")
# What HTML does not show inside a word: empty elements, comments and breaking points between letters.
_SILENT = r"(?:b></b|i></i|u></u|s></s|em></em|strong></strong|span></span|wbr ?/?|!--[^<>\n]{0,40}--)>"
# It begins with its sign, not with what stands before: so it is looked for at the speed of memory.
_INSIDE_WORDS = re.compile(rf"<(?<=[^\W_]<){_SILENT}(?:<{_SILENT})*(?=[^\W_])")
_IGNORABLE = 0x200B


@dataclass(frozen=True)
class FoldedBatch:
    """The folded shadow of a batch of documents: no ignorable characters, one array for all.

    A numeric entity of HTML is the character that it stands for, at the place of its first sign; markup
    inside words that shows nothing is ignorable.

    Attributes
    ----------
    code
        uint32, shape (n,): folded code points.
    char_class
        uint8, shape (n,): the :class:`CharClass` of each.
    raw
        int64, shape (n,): offset of each in the joined raw text; document ``d`` starts at
        ``doc_start[d]`` there, and one break follows every document.
    doc_start
        int64, shape (n_documents + 1,).
    styled
        bool, shape (n,): folding changed more than the letter's case, or dropped a character before it.
    upper
        bool, shape (n,): a capital in the raw text.
    """

    code: NDArray[np.uint32]
    char_class: NDArray[np.uint8]
    raw: NDArray[np.int64]
    doc_start: NDArray[np.int64]
    styled: NDArray[np.bool_]
    upper: NDArray[np.bool_]


def code_points(text: str) -> NDArray[np.uint32]:
    """Return a text's code points; lone surrogates are code points like any other."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def joined_code_points(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the code points of texts, a break behind each, as a browser would show them.

    A character takes the place of its numeric entity's first sign; the entity's other signs and markup inside
    words become ignorable characters.
    """
    joined = "\n".join(texts) + "\n"
    code = code_points(joined)
    # Single characters are looked for many times as fast as two.
    has_entities, has_markup = "&" in joined and "&#" in joined, "<" in joined
    if not has_entities and not has_markup:
        return code
    code = code.copy()
    if has_entities:
        _decode_entities(joined, code)
    if has_markup:
        for found in _INSIDE_WORDS.finditer(joined):
            code[found.start() : found.end()] = _IGNORABLE
    return code


def _decode_entities(joined: str, code: NDArray[np.uint32]) -> None:
    """Write characters over the entities that stand for them."""
    for found in _ENTITY.finditer(joined):
        digits = found[0][2:-1]
        number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        # A break or another control character would end a line that goes on.
        if number <= sys.maxunicode and chr(number).isprintable():
            code[found.start()] = number
            code[found.start() + 1 : found.end()] = _IGNORABLE


def document_starts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Offset of each text where one break follows every text, and behind the last of all."""
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    return np.concatenate([[0], np.cumsum(lengths)])


def _join_apostrophes(folded: NDArray[np.uint32], char_class: NDArray[np.uint8]) -> None:
    """Make apostrophes between letters part of their word, so that no quotation seems to open there."""
    inner = np.flatnonzero((folded[1:-1] == ord("'")) | (folded[1:-1] == ord("’"))) + 1
    letters = (char_class >= FIRST_LETTER) & (char_class <= CharClass.OTHER_LETTER)
    inner = inner[letters[inner - 1] & letters[inner + 1]]
    folded[inner] = ord("'")
    char_class[inner] = CharClass.MARK


def fold(texts: Sequence[str]) -> FoldedBatch:
    """Fold a batch of documents.

    Parameters
    ----------
    texts
        Any strings.

    Returns
    -------
    FoldedBatch
        Ready for :func:`spamguard.text.tokens.tokenise`.
    """
    tables = load()
    raw_code = joined_code_points(texts)
    folded = tables.fold[raw_code]
    char_class = tables.classes[folded]
    ignored = char_class == CharClass.IGNORED
    raw = np.flatnonzero(~ignored)
    changed = folded != raw_code
    upper = changed & (raw_code < folded) & (char_class <= CharClass.OTHER_LETTER)
    plain_case = upper & (folded - raw_code <= 80)
    styled = changed & ~plain_case & ((raw_code >= 0x2000) & (raw_code < 0x3400) | (raw_code >= 0xF900))
    _join_apostrophes(folded, char_class)
    if len(raw) < len(raw_code):
        styled[1:] |= ignored[:-1]
        folded, char_class = folded[raw], char_class[raw]
        styled, plain_case = styled[raw], plain_case[raw]
    return FoldedBatch(folded, char_class, raw, document_starts(texts), styled, plain_case)

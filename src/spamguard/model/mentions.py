"""What a span's place says: news mentions in a sentence what spam puts on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from spamguard.seams import BLANKS, LINE_BREAKS, fills_lines

Floats = NDArray[np.float32]

# Taken from the log-odds of a span in such a place: few ads stand there, and many false cuts
# (EXPERIMENTS.md, 15).
MENTION_ODDS = 2.0
# The same where a clause goes on around the span: training puts one ad in ten there (EXPERIMENTS.md, 16).
WITHIN_ODDS = 3.0
# The same where a line starts with the span and goes on with a small letter (EXPERIMENTS.md, 16).
BROKEN_LINE_ODDS = 1.0
# Added where a span fills its line: many ads stand there, and few false cuts (EXPERIMENTS.md, 17).
OWN_LINE_ODDS = 1.5
_LINK = re.compile(
    r"[(（<\[]?(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?[)）>\]]?", re.IGNORECASE
)
# Blanks between a span and what is its neighbour all the same.
_GAP = 8
_COLON = re.compile("[:：](?!//)")
_COLONS, _COMMAS = (":", "："), ",，、،"
_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset(":：;；|•·")
# How far back a sentence is looked for, and how many bytes of UTF-8 are no label such as "Tags" any more.
_REACH, _LABEL_BYTES = 120, 18
_BREAKS = re.compile(f"[{LINE_BREAKS}]")
_FIRST_WIDE, _SHORT_CLAUSE_BYTES = "\u3000", 12


def in_place(log_odds: Floats, texts: Sequence[str], places: Sequence[tuple[int, int, int]]) -> Floats:
    """Take from the log-odds of spans what speaks against spam in their places, add what speaks for it.

    Parameters
    ----------
    log_odds
        float32, shape (n,).
    texts
        A batch.
    places
        Of each span, the number of its text and half-open code-point offsets.

    Returns
    -------
    float32, shape (n,)
    """
    against = [odds_against(texts[number], start, end) for number, start, end in places]
    return log_odds - np.array(against, dtype=np.float32)


def odds_against(text: str, start: int, end: int) -> float:
    """Say what a span's place speaks against spam.

    Parameters
    ----------
    text
        The text that the span lies in.
    start, end
        Half-open code-point offsets.

    Returns
    -------
    float
        Log-odds; below 0 where a span fills its line.
    """
    if fills_lines(text, start, end):
        return -OWN_LINE_ODDS
    before = text[max(start - _GAP, 0) : start].rstrip(BLANKS)[-1:]
    behind = text[end : end + _GAP].lstrip(BLANKS)[:1]
    mentioned = _is_announced(text, start) or (before in _SENTENCE_ENDS and _announces(text, start, end))
    if _LINK.fullmatch(text, start, end) and _shows(before) and _shows(behind):
        mentioned = mentioned or before not in _CLAUSE_ENDS
    return MENTION_ODDS * mentioned + _odds_of_place(before, behind)


def _shows(char: str) -> bool:
    """Whether there is a character, and no line break, which does not print."""
    return char != "" and char.isprintable()


def _odds_of_place(before: str, behind: str) -> float:
    """Say what a clause that goes on behind a span, or on both sides, speaks against it."""
    if behind.islower():
        return WITHIN_ODDS if _shows(before) else BROKEN_LINE_ODDS
    # Letters, marks and numbers: behind bullets, bars and emoji an ad may well stand.
    of_a_clause = _shows(before) and (category(before)[0] in "LMN" or before in _COMMAS)
    return WITHIN_ODDS * (of_a_clause and _shows(behind))


def _announces(text: str, start: int, end: int) -> bool:
    """Whether a span starts with the words that announce the rest of it."""
    found = _COLON.search(text, start, min(end, start + _REACH))
    return found is not None and _is_announced(text, found.end())


def _is_announced(text: str, start: int) -> bool:
    """Whether a sentence that ends in a colon stands before a position on its line; labels are none."""
    line = _BREAKS.split(text[max(start - _REACH, 0) : start])[-1].rstrip(BLANKS)
    if not line.endswith(_COLONS):
        return False
    clause = line[:-1]
    for sign in _CLAUSE_ENDS:
        clause = clause.rpartition(sign)[2]
    clause = clause.strip(BLANKS)
    size = len(clause.encode("utf-8", "surrogatepass"))
    is_prose = any(f"{sign} " in line for sign in _SENTENCE_ENDS) or any(sign in line for sign in "。！？")
    # Behind a sentence a few words are a clause; one word, or three characters of Chinese, are a label.
    is_short_clause = " " in clause or (clause > _FIRST_WIDE and size >= _SHORT_CLAUSE_BYTES)
    return size >= _LABEL_BYTES or (is_prose and is_short_clause)

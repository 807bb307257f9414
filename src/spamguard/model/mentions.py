"""Places where news mentions what spam injects: links that a sentence needs, words that it announces."""

from __future__ import annotations

import re
from unicodedata import category

# Taken from the log-odds of a span in such a place: few ads stand there, and many false cuts
# (EXPERIMENTS.md, 15).
MENTION_ODDS = 2.0
# The same where a clause goes on around the span: training puts one ad in ten there (EXPERIMENTS.md, 16).
WITHIN_ODDS = 3.0
# The same where a line starts with the span and goes on with a small letter (EXPERIMENTS.md, 16).
BROKEN_LINE_ODDS = 1.0
_LINK = re.compile(
    r"[(（<\[]?(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?[)）>\]]?", re.IGNORECASE
)
_BLANK = " \t\u3000\xa0"
_COLON = re.compile("[:：](?!//)")
_COLONS, _COMMAS = (":", "："), ",，、،"
_SENTENCE_ENDS = ".!?…。！？।؟۔"
_CLAUSE_ENDS = frozenset(_SENTENCE_ENDS + ":：;；|•·")
# How far back a sentence is looked for, and how many bytes of UTF-8 are no label such as "Tags" any more.
_REACH, _LABEL_BYTES = 120, 18
_BREAKS = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
_FIRST_WIDE, _SHORT_CLAUSE_BYTES = "\u3000", 12


def odds_against(text: str, start: int, end: int) -> float:
    """Say how much less likely spam is in a span's place than training has it, in log-odds, 0 or more.

    Parameters
    ----------
    text
        The text that the span lies in.
    start, end
        Half-open code-point offsets.
    """
    mentioned = _is_link_in_a_sentence(text, start, end) or _is_announced(text, start)
    mentioned = mentioned or _holds_its_announcement(text, start, end)
    return MENTION_ODDS * mentioned + _odds_of_place(text, start, end)


def _odds_of_place(text: str, start: int, end: int) -> float:
    """Say what a clause that goes on behind a span, or on both sides, speaks against it."""
    before = text[max(start - 2, 0) : start].rstrip(_BLANK)[-1:]
    behind = text[end : end + 3].lstrip(_BLANK)[:1]
    if behind.islower():
        starts_line = not before or before in "\r\n"
        return BROKEN_LINE_ODDS if starts_line else WITHIN_ODDS
    # Letters, marks and numbers: behind bullets, bars and emoji an ad may well stand.
    of_a_clause = before != "" and (category(before)[0] in "LMN" or before in _COMMAS)
    return WITHIN_ODDS * (of_a_clause and behind.isprintable() and behind != "")


def _is_link_in_a_sentence(text: str, start: int, end: int) -> bool:
    """Whether a span is nothing but a link, and its sentence goes on before and behind it."""
    if _LINK.fullmatch(text, start, end) is None:
        return False
    before = text[max(start - 2, 0) : start].rstrip(_BLANK)[-1:]
    behind = text[end : end + 2].lstrip(_BLANK)[:1]
    goes_on = bool(before and behind) and before not in _CLAUSE_ENDS
    # A line break does not print.
    return goes_on and before.isprintable() and behind.isprintable()


def _holds_its_announcement(text: str, start: int, end: int) -> bool:
    """Whether a span behind a sentence starts with the words that announce the rest of it."""
    before = text[max(start - 2, 0) : start].rstrip(_BLANK)[-1:]
    if before not in _SENTENCE_ENDS or not before:
        return False
    found = _COLON.search(text, start, min(end, start + _REACH))
    return found is not None and _is_announced(text, found.end())


def _is_announced(text: str, start: int) -> bool:
    """Whether a sentence that ends in a colon stands before a position on its line; labels are none."""
    line = _BREAKS.split(text[max(start - _REACH, 0) : start])[-1].rstrip(_BLANK)
    if not line.endswith(_COLONS):
        return False
    clause = line[:-1]
    for sign in _CLAUSE_ENDS:
        clause = clause.rpartition(sign)[2]
    clause = clause.strip(_BLANK)
    size = len(clause.encode("utf-8", "surrogatepass"))
    is_prose = any(f"{sign} " in line for sign in _SENTENCE_ENDS) or any(sign in line for sign in "。！？")
    # Behind a sentence a few words are a clause; one word, or three characters of Chinese, are a label.
    is_short_clause = " " in clause or (clause > _FIRST_WIDE and size >= _SHORT_CLAUSE_BYTES)
    return size >= _LABEL_BYTES or (is_prose and is_short_clause)

"""Places where news mentions what spam injects: links that a sentence needs, words that it announces."""

from __future__ import annotations

import re

# Taken from the log-odds of a span in such a place: few ads stand there, and many false cuts
# (EXPERIMENTS.md, 15).
MENTION_ODDS = 2.0
# The same where the sentence goes on behind the span: training puts one ad in eight into mid-sentence
# (EXPERIMENTS.md, 15).
WITHIN_ODDS = 3.0
_LINK = re.compile(r"[(（<\[]?(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE)
_BLANK = " \t\u3000\xa0"
_COLONS = (":", "：")
_SENTENCE_ENDS = ".!?…。！？।؟۔"
_CLAUSE_ENDS = frozenset(_SENTENCE_ENDS + ":：;；|•·")
# How far back a sentence is looked for, and how many bytes of UTF-8 are no label such as "Tags" any more.
_REACH, _LABEL_BYTES = 120, 18


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
    return MENTION_ODDS * mentioned + WITHIN_ODDS * _goes_on(text, end)


def _goes_on(text: str, end: int) -> bool:
    """Whether a small letter follows on the line: the sentence is not at its end."""
    return text[end : end + 3].lstrip(_BLANK)[:1].islower()


def _is_link_in_a_sentence(text: str, start: int, end: int) -> bool:
    """Whether a span is nothing but a link, and its sentence goes on before and behind it."""
    if _LINK.fullmatch(text, start, end) is None:
        return False
    before = text[max(start - 2, 0) : start].rstrip(_BLANK)[-1:]
    behind = text[end : end + 2].lstrip(_BLANK)[:1]
    goes_on = bool(before and behind) and before not in _CLAUSE_ENDS
    # A line break does not print.
    return goes_on and before.isprintable() and behind.isprintable()


def _is_announced(text: str, start: int) -> bool:
    """Whether a sentence that ends in a colon stands before a position on its line; labels are none."""
    line = text[max(start - _REACH, 0) : start].rpartition("\n")[2].rstrip(_BLANK)
    if not line.endswith(_COLONS):
        return False
    clause = line[:-1]
    for sign in _CLAUSE_ENDS:
        clause = clause.rpartition(sign)[2]
    is_prose = any(f"{sign} " in line for sign in _SENTENCE_ENDS) or any(sign in line for sign in "。！？")
    return is_prose or len(clause.strip(_BLANK).encode("utf-8", "surrogatepass")) >= _LABEL_BYTES

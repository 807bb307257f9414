"""Looks labels over before anything is learnt from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from spamguard.learning.labels.near import near_pairs
from spamguard.learning.labels.offsets import is_inside_word
from spamguard.learning.labels.record import Label

DUPLICATE, NEAR, CONTRADICTION = "duplicate", "near duplicate", "contradiction"
CUT_CHARACTER, CUT_WORD = "ends inside a character", "ends inside a word"
MISSING, QUOTA = "class missing", "source over its quota"
# Half: with more, a model learns the one site's furniture.
DEFAULT_QUOTA = 0.5
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or may be.

    Parameters
    ----------
    kind
        Such as :data:`DUPLICATE`.
    place
        Where: file and line.
    detail
        What exactly; no text is quoted.

    Examples
    --------
    >>> Finding(DUPLICATE, "labels.jsonl, line 2", "as labels.jsonl, line 1").kind
    'duplicate'
    """

    kind: str
    place: str
    detail: str


def check(labels: Sequence[Label], *, quota: float = DEFAULT_QUOTA) -> list[Finding]:
    """Look labels over.

    Parameters
    ----------
    labels
        From one file or several.
    quota
        Greatest share of the labels that one source may hold, above 0, up to 1.

    Returns
    -------
    list of Finding
        By kind, in the order of the labels.
    """
    found = [*_same(labels), *_near(labels), *_cut(labels), *_missing(labels), *_over(labels, quota)]
    return sorted(found, key=lambda one: KINDS.index(one.kind))


KINDS = (CONTRADICTION, CUT_CHARACTER, CUT_WORD, MISSING, QUOTA, DUPLICATE, NEAR)


def _same(labels: Sequence[Label]) -> Iterator[Finding]:
    """Name texts that are there twice, marked the same or otherwise."""
    first: dict[str, Label] = {}
    for label in labels:
        other = first.setdefault(label.text, label)
        if other is not label:
            more = ", with other spans" if other.spans != label.spans else _other_categories(other, label)
            yield Finding(
                CONTRADICTION if more else DUPLICATE, label.place, f"the text of {other.place}{more}"
            )


def _other_categories(left: Label, right: Label) -> str:
    """Say so where two labels with the same spans call them otherwise; "other" says nothing of the kind."""
    if len(left.marks) != len(right.marks):
        return ""
    pairs = [{one.category, two.category} for one, two in zip(left.marks, right.marks, strict=True)]
    return ", with other categories" if any(len(pair - {"other"}) > 1 for pair in pairs) else ""


def _near(labels: Sequence[Label]) -> Iterator[Finding]:
    """Name texts that differ by little."""
    for left, right in near_pairs([label.text for label in labels]):
        if labels[left].text != labels[right].text:
            yield Finding(NEAR, labels[right].place, f"nearly the text of {labels[left].place}")


def _cut(labels: Sequence[Label]) -> Iterator[Finding]:
    """Name spans whose ends part what belongs together."""
    for label in labels:
        for number, mark in enumerate(label.marks):
            for offset in (mark.start, mark.end):
                detail = f"span {number}, at {offset}"
                if is_inside_character(label.text, offset):
                    yield Finding(CUT_CHARACTER, label.place, detail)
                elif is_inside_word(label.text, offset):
                    yield Finding(CUT_WORD, label.place, detail)


def is_inside_character(text: str, offset: int) -> bool:
    r"""Say whether an offset parts what shows as one character.

    Examples
    --------
    >>> is_inside_character("e\u0301", 1), is_inside_character("\r\n", 1), is_inside_character("ab", 1)
    (True, True, False)
    """
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    # A joiner keeps what follows to itself even where the two make no known emoji.
    if after in _JOINERS or before == "\u200d":
        return True
    # Whole lines: how flags pair up is decided by all that stand in a row.
    start = text.rfind("\n", 0, offset - 1) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end + 1]
    return start + len(line) > offset and offset not in _ends(line, start)


def _ends(line: str, start: int) -> set[int]:
    """Return where the characters of a line end, as Unicode's annex 29 parts them."""
    return {start + found.end() for found in regex.finditer(r"\X", line)}


def _missing(labels: Sequence[Label]) -> Iterator[Finding]:
    """Say that there is nothing of a class to learn from."""
    if not any(label.marks for label in labels):
        yield Finding(MISSING, "all files", "no text has a mark: there is no spam to learn")
    if all(label.spans == ((0, len(label.text)),) for label in labels):
        yield Finding(MISSING, "all files", "no text has an unmarked part: there is nothing legitimate")


def _over(labels: Sequence[Label], quota: float) -> Iterator[Finding]:
    """Name sources that hold too many of the labels; texts of unknown sources are passed over."""
    for source, count in Counter(label.source for label in labels).most_common():
        if source and count > quota * len(labels):
            share = f"{count:,} of {len(labels):,}, more than {quota:.0%}"
            yield Finding(QUOTA, f"source {source!r}", share)


def summary(findings: Sequence[Finding], most: int = 3) -> list[tuple[str, str, str]]:
    """Return findings as rows of a table: kind, how many, where the first of them are.

    Parameters
    ----------
    findings
        From :func:`check`.
    most
        How many places are named for each kind.
    """
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        by_kind[one.kind].append(one)
    rows = []
    for kind in KINDS:
        mine = by_kind[kind]
        places = "; ".join(f"{one.place}: {one.detail}" for one in mine[:most])
        rows.append((kind, f"{len(mine):,}", places + (" …" if len(mine) > most else "")))
    return rows

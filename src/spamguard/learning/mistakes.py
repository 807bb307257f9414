"""What went wrong, and what kind of error it is: a contact left behind, the next word taken, a false cut."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import common
from spamguard.result import CleanResult
from spamguard.spans import Interval, complement, merge

_CONTACT = re.compile(r"https?:|www\.|\w@\w|@\w|\w\.[a-z]{2,6}\b|\d[\d\s().-]{5,}\d")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔:：][\"'”’»」』)）]*\s*$")
_OPENING, _CLOSING = "\"'“‘«‹「『《(（[【〈<", "\"'”’»›」』》)）]】〉>"
_WORD = re.compile(r"\w+")
_SCRIPTS_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "FULLWIDTH": "LATIN"}
_MANY_DIGITS = 0.4
_SHORT_LINE_CHARS = 60
# A word or two; in scripts without spaces, a few characters.
_FEW_WORDS, _FEW_CHARS = 2, 4


@dataclass(frozen=True, slots=True)
class Error:
    """One stretch of a text that was wrongly removed, or wrongly left.

    Parameters
    ----------
    case
        Where it happened.
    start, end
        Half-open code-point offsets into the case's text.
    lost
        Whether genuine text was taken; spam was left otherwise.
    kind
        What kind of error it is, in a few words.

    Examples
    --------
    >>> Error(Case("1", "ad good", "good", ((0, 2),)), 3, 7, True, "taken along: next words").text
    'good'
    """

    case: Case
    start: int
    end: int
    lost: bool
    kind: str

    @property
    def text(self) -> str:
        """The stretch itself."""
        return self.case.text[self.start : self.end]


@dataclass(slots=True)
class KindCount:
    """How often a kind of error came up.

    Parameters
    ----------
    kind
        As :attr:`Error.kind`.
    n_errors, n_documents, n_chars
        Errors, documents that have one, and characters that they cover.
    example
        The longest of them.

    Examples
    --------
    >>> error = Error(Case("1", "ad good", "good", ((0, 2),)), 0, 2, False, "missed: in front of a line")
    >>> [count] = commonest([error])
    >>> count.n_errors, count.n_chars
    (1, 2)
    """

    kind: str
    n_errors: int
    n_documents: int
    n_chars: int
    example: Error


def errors_of(case: Case, result: CleanResult) -> list[Error]:
    """Return what went wrong with a case, in the order of the text; nothing where its text is as it was.

    Parameters
    ----------
    case
        A text whose spam is known.
    result
        What a guard made of it.
    """
    if result.text == case.clean:
        return []
    found = merge((span.start, span.end) for span in result.spans)
    left = common(case.spans, complement(found, len(case.text)))
    taken = common(found, complement(case.spans, len(case.text)))
    errors = [Error(case, *piece, False, _left_kind(case, piece, found)) for piece in left]
    errors += [Error(case, *piece, True, _taken_kind(case, piece, found)) for piece in taken]
    errors = [error for error in errors if error.text.strip()]
    return sorted(errors, key=lambda error: error.start) or [_seam(case, result)]


def _seam(case: Case, result: CleanResult) -> Error:
    """Return the error of a result whose spans are right, at the first edit."""
    start = result.edits[0].start if result.edits else 0
    return Error(case, start, start + 1, False, "seam: the spans are right, the white space is not")


def _around(intervals: Iterable[Interval], piece: Interval) -> Interval | None:
    """Return the interval that holds a piece."""
    return next((one for one in intervals if one[0] <= piece[0] and piece[1] <= one[1]), None)


def _left_kind(case: Case, piece: Interval, found: list[Interval]) -> str:
    """Name the kind of a piece of spam that was left."""
    gold = _around(case.spans, piece) or piece
    text = case.text[slice(*piece)]
    if not common([gold], found):
        return f"missed: {place_of(case.text, gold)}"
    if not _WORD.search(text):
        return "left behind: sign, bracket or markup"
    if _CONTACT.search(text):
        return "left behind: contact, link or number"
    if piece[0] == gold[0]:
        return "left behind: first words"
    return "left behind: last words" if piece[1] == gold[1] else "left behind: words in the middle"


def place_of(text: str, span: Interval) -> str:
    """Say where in its line a span stands.

    Examples
    --------
    >>> place_of("One. ad Two.", (5, 7))
    'between sentences'
    """
    before = text[text.rfind("\n", 0, span[0]) + 1 : span[0]].strip()
    line_end = text.find("\n", span[1])
    after = text[span[1] : line_end if line_end >= 0 else len(text)].strip()
    if not before:
        return "in front of a line" if after else "line of its own"
    if not after:
        return "at a line's end"
    return "between sentences" if _SENTENCE_END.search(before) else "mid-sentence"


def _taken_kind(case: Case, piece: Interval, found: list[Interval]) -> str:
    """Name the kind of a piece of genuine text that was taken."""
    span = _around(found, piece) or piece
    hits = common([span], case.spans)
    text = case.text[slice(*piece)]
    if not hits:
        return f"false cut: {next(name for fits, name in _SHAPES if fits(case.text, piece))}"
    if not _WORD.search(text):
        return "taken along: sign, bullet or bracket"
    if hits[0][0] < piece[0] and piece[1] < hits[-1][1]:
        return "taken along: words between two ads"
    few = len(text.strip()) <= _FEW_CHARS or (len(text.split()) <= _FEW_WORDS and text.isascii())
    side = "next" if hits[0][0] < piece[0] else "previous"
    return f"taken along: {side} {'word' if few else 'words'}"


def _is_contact(text: str, piece: Interval) -> bool:
    """Whether it holds a link, an address or a handle."""
    cut = text[slice(*piece)]
    return bool(_CONTACT.search(cut)) and any(char.isalpha() for char in cut)


def _is_numbers(text: str, piece: Interval) -> bool:
    """Whether a good part of it is digits."""
    letters = [char for char in text[slice(*piece)] if char.isalnum()]
    return not letters or sum(char.isdigit() for char in letters) >= _MANY_DIGITS * len(letters)


def _is_enclosed(text: str, piece: Interval) -> bool:
    """Whether it stands in quotation marks or brackets, its own or those around it."""
    wider = text[max(0, piece[0] - 1) : piece[1] + 1].strip()
    cut = text[slice(*piece)].strip()
    return any(one and one[0] in _OPENING and one[-1] in _CLOSING for one in (cut, wider))


def _is_foreign(text: str, piece: Interval) -> bool:
    """Whether it is mostly of another script than the whole text."""
    return _script(text[slice(*piece)]) != _script(text[: piece[0]] + text[piece[1] :])


def _script(text: str) -> str:
    """Return the script that most letters are of."""
    counts: dict[str, int] = defaultdict(int)
    for char in filter(str.isalpha, text):
        name = unicodedata.name(char, "?").partition(" ")[0]
        counts[_SCRIPTS_TOGETHER.get(name, name)] += 1
    return max(counts, key=counts.__getitem__, default="")


def _is_line(text: str, piece: Interval) -> bool:
    """Whether it fills its line."""
    return place_of(text, piece) == "line of its own"


def _is_short_line(text: str, piece: Interval) -> bool:
    """Whether it fills a short line."""
    return _is_line(text, piece) and piece[1] - piece[0] < _SHORT_LINE_CHARS


def _is_name(text: str, piece: Interval) -> bool:
    """Whether every long word of it is capitalised."""
    words = [word for word in _WORD.findall(text[slice(*piece)]) if len(word) > 3]
    return bool(words) and all(word[0].isupper() for word in words)


# The first that fits names a false cut.
_SHAPES: tuple[tuple[Callable[[str, Interval], bool], str], ...] = (
    (_is_contact, "link, address or handle"),
    (lambda text, piece: text[piece[0]] == "#", "hashtag"),
    (_is_numbers, "numbers, date or signs"),
    (_is_enclosed, "quoted or bracketed words"),
    (_is_foreign, "name or term in another script"),
    (_is_short_line, "short line or headline"),
    (_is_line, "line of prose"),
    (_is_name, "name"),
    (lambda text, piece: True, "words of a sentence"),
)


def commonest(errors: Iterable[Error], most: int = 20) -> list[KindCount]:
    """Count errors by kind.

    Parameters
    ----------
    errors
        From :func:`errors_of`, of any number of cases.
    most
        How many kinds to return.

    Returns
    -------
    list of KindCount
        The commonest first.
    """
    kinds: dict[str, list[Error]] = defaultdict(list)
    for error in errors:
        kinds[error.kind].append(error)
    counts = [
        KindCount(
            kind,
            len(found),
            len({id(error.case) for error in found}),
            sum(len(error.text) for error in found),
            max(found, key=lambda error: len(error.text)),
        )
        for kind, found in kinds.items()
    ]
    return sorted(counts, key=lambda count: (-count.n_errors, count.kind))[:most]

"""A labelled text, and what a file says before its offsets are verified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spamguard.errors import InputError
from spamguard.spans import Category, Interval, merge

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of a text that a person marked as spam.

    Parameters
    ----------
    start, end
        Half-open code-point offsets into the text, ``0 <= start < end``.
    category
        One of :data:`spamguard.CATEGORIES`.

    Examples
    --------
    >>> Mark(0, 2, "pharma").category
    'pharma'
    """

    start: int
    end: int
    category: Category = "other"


@dataclass(frozen=True, slots=True)
class Label:
    """A text with all the spam in it marked; without marks it is clean.

    Parameters
    ----------
    text
        The text as a reader would meet it.
    marks
        Ascending and disjoint.
    source
        Where the text comes from, such as a site.
    id
        The text's name there.
    place
        File and line that it was read from, for messages.

    Examples
    --------
    >>> Label("ad good", (Mark(0, 2),)).quotes
    ('ad',)
    """

    text: str
    marks: tuple[Mark, ...] = ()
    source: str = ""
    id: str = ""
    place: str = ""

    @property
    def spans(self) -> tuple[Interval, ...]:
        """Offsets of the marks, joined where they touch."""
        return tuple(merge((mark.start, mark.end) for mark in self.marks))

    @property
    def quotes(self) -> tuple[str, ...]:
        """The marked texts."""
        return tuple(self.text[mark.start : mark.end] for mark in self.marks)


def in_utf8(labels: Iterable[Label]) -> list[Label]:
    """Return labels for a format that holds UTF-8 alone, and no escapes.

    Raises
    ------
    InputError
        At the first one that has a lone surrogate.

    Examples
    --------
    >>> [label.text for label in in_utf8([Label("good")])]
    ['good']
    """
    found = list(labels)
    for label in found:
        if any(_SURROGATE.search(one) for one in (label.text, label.source, label.id)):
            raise InputError(
                f"{label.place or 'a label'}: holds a lone surrogate, U+D800 to U+DFFF, which only formats of"
                f" JSON can write; convert to native, or mend it"
            )
    return found


@dataclass(frozen=True, slots=True)
class RawMark:
    """A mark as a file has it.

    Parameters
    ----------
    start, end
        Offsets in whatever unit the tool counts.
    name
        The tool's label, such as ``"SPAM"``.
    quote
        What the file says stands there; None where it does not say.
    """

    start: int
    end: int
    name: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class RawLabel:
    """A labelled text as a file has it.

    Parameters
    ----------
    text, source, id, place
        As for :class:`Label`.
    marks
        Not yet verified.
    """

    text: str
    marks: Sequence[RawMark]
    source: str
    id: str
    place: str

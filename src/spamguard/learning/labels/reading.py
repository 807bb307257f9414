"""Labels from files of any format that is known, verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spamguard.errors import InputError
from spamguard.learning.labels.formats import FORMATS, guess
from spamguard.learning.labels.native import TEXT
from spamguard.learning.labels.offsets import Counting, counting_of, settle
from spamguard.learning.labels.record import Label, Mark, RawLabel
from spamguard.spans import CATEGORIES, Category

_WITHOUT_FIELDS = ("quick", "feedback")
# What people call spam in their tools; it says nothing about the category.
_PLAIN_NAMES = frozenset({"spam", "ad", "ads", "advertising", "injection", "promotion", ""})


@dataclass(slots=True)
class Reading:
    """What was read.

    Parameters
    ----------
    labels
        In the order of the files.
    repairs
        One line for each record whose offsets were repaired.

    Examples
    --------
    >>> Reading().labels
    []
    """

    labels: list[Label] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


def read_labels(
    paths: Iterable[Path | str],
    *,
    format_name: str | None = None,
    names: Mapping[str, str] | None = None,
    text_field: str = TEXT,
) -> Reading:
    """Read labels.

    Parameters
    ----------
    paths
        Files, folders of data sets, or names on the hub such as ``hub:owner/name``.
    format_name
        One of :data:`spamguard.learning.labels.formats.FORMATS`; by default guessed for each file.
    names
        What the tool's labels stand for: a category, ``"spam"``, or ``""`` for what is no spam. By default
        categories and the usual words for spam stand for themselves, and others are refused.
    text_field
        The field that holds the text.

    Raises
    ------
    InputError
        If a format's texts have no field to name.
    InputError
        At the first record that cannot be read, naming file, line, field and what is allowed.
    """
    reading = Reading()
    for path in paths:
        name = format_name or guess(str(path), text_field)
        if text_field != TEXT and name in _WITHOUT_FIELDS:
            raise InputError(f"{path}: texts of the format {name} have no field that --text-field could name")
        found = list(FORMATS[name].read(str(path), text_field))
        counting = counting_of(found)
        for raw in found:
            label, repaired = _settled(raw, counting, names or {})
            reading.labels.append(label)
            if repaired:
                reading.repairs.append(f"{raw.place}: {repaired} spans counted in UTF-16, now in code points")
    return reading


def _settled(raw: RawLabel, counting: Counting, names: Mapping[str, str]) -> tuple[Label, int]:
    """Verify a record; return it with the number of its marks that were repaired."""
    marks, repaired = [], 0
    for number, mark in enumerate(raw.marks):
        meaning = names.get(mark.name, mark.name)
        if meaning == "" and mark.name in names:
            continue
        category = category_of(meaning, f"{raw.place}: span {number}")
        start, end = settle(raw, mark, number, counting)
        repaired += (start, end) != (mark.start, mark.end)
        marks.append(Mark(start, end, category))
    return Label(raw.text, joined(marks), raw.source, raw.id, raw.place), repaired


def category_of(name: str, place: str) -> Category:
    """Return the category that a label's name stands for.

    Parameters
    ----------
    name
        A category or a usual word for spam, in any case.
    place
        For the message.

    Raises
    ------
    InputError
        If it is neither.
    """
    folded = name.strip().casefold()
    for category in CATEGORIES:
        if folded == category:
            return category
    if folded in _PLAIN_NAMES:
        return "other"
    shown = name if len(name) <= 40 and name.isprintable() else "a longer one"
    raise InputError(
        f"{place}: label {shown!r} is unknown; allowed are spam, {', '.join(CATEGORIES)}; say what it stands "
        f"for with --as {shown}=spam, or --as {shown}= where it marks no spam"
    )


def joined(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Sort marks and join those that overlap; the longest one's category stays.

    Examples
    --------
    >>> joined([Mark(4, 9, "seo"), Mark(0, 5)])
    (Mark(start=0, end=9, category='other'),)
    """
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if found and mark.start < found[-1].end:
            last = found[-1]
            longest = max(last, mark, key=lambda one: one.end - one.start)
            found[-1] = Mark(last.start, max(last.end, mark.end), longest.category)
        else:
            found.append(mark)
    return tuple(found)

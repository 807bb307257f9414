"""Cases whose spam is known, read from JSON lines and checked before anything is measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.spans import Interval, merge

KEYS = ("family", "pattern", "lang", "category")
# What cases can be grouped by: what they name, and how long their text is.
GROUPINGS = (*KEYS, "length")
# Classes of length: the first whose bound, in characters, is not reached.
LENGTHS = ((200, "to 199"), (600, "200 to 599"), (1500, "600 to 1499"), (5000, "1500 to 4999"))
LONGEST = "5000 and more"


@dataclass(frozen=True, slots=True)
class Case:
    """A text whose spam is known.

    Parameters
    ----------
    name
        The case's ``id``.
    text, clean
        What a user sends, and the article as it was.
    spans
        The spam in ``text``: half-open code-point intervals, disjoint and ascending; none in a clean case.
    groups
        Family, pattern, language and category, as far as the case names them.

    Examples
    --------
    >>> Case("1", "ad good", "good", ((0, 2),)).contaminated
    True
    """

    name: str
    text: str
    clean: str
    spans: tuple[Interval, ...] = ()
    groups: dict[str, str | None] = field(default_factory=dict)

    @property
    def contaminated(self) -> bool:
        """Whether there is spam in the text."""
        return bool(self.spans)

    def group(self, key: str) -> str | None:
        """Return the case's group by one of :data:`GROUPINGS`, None where it names none."""
        if key == "length":
            return next((name for bound, name in LENGTHS if len(self.text) < bound), LONGEST)
        return self.groups.get(key)


def read_cases(path: Path) -> Iterator[Case]:
    """Read cases from JSON lines: id, lang, family, pattern, text, clean, spans; category if it is known.

    Parameters
    ----------
    path
        The file, UTF-8.

    Raises
    ------
    InputError
        At the first faulty line, naming file, line and field.
    """
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _case(line, f"{path}, line {number}")


def _case(line: bytes, place: str) -> Case:
    """Check one line."""
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: not UTF-8 JSON: {error.__class__.__name__}") from None
    if not isinstance(fields, dict):
        raise InputError(f"{place}: a case is a JSON object, got {type(fields).__name__}")
    text, clean = (_string(fields, key, place) for key in ("text", "clean"))
    groups = {key: _group(fields, key, place) for key in KEYS if key in fields or key != "category"}
    return Case(str(_present(fields, "id", place)), text, clean, _spans(fields, len(text), place), groups)


def _present(fields: dict[str, Any], key: str, place: str) -> Any:  # noqa: ANN401  (JSON is anything)
    """Return a field that must be there."""
    if key not in fields:
        raise InputError(f"{place}: field {key!r} is missing")
    return fields[key]


def _string(fields: dict[str, Any], key: str, place: str) -> str:
    """Return a field that must be a string."""
    value = _present(fields, key, place)
    if not isinstance(value, str):
        raise InputError(f"{place}: field {key!r} must be a string, got {type(value).__name__}")
    return value


def _group(fields: dict[str, Any], key: str, place: str) -> str | None:
    """Return a field that must be a string, or null where it says nothing."""
    return None if _present(fields, key, place) is None else _string(fields, key, place)


def _spans(fields: dict[str, Any], length: int, place: str) -> tuple[Interval, ...]:
    """Return the gold spans, joined where they touch."""
    value = _present(fields, "spans", place)
    if not isinstance(value, list):
        raise InputError(f"{place}: field 'spans' must be a list, got {type(value).__name__}")
    for number, pair in enumerate(value):
        if not _is_interval(pair, length):
            raise InputError(
                f"{place}: field 'spans', item {number}: must be [start, end] "
                f"with 0 <= start < end <= {length}, the length of the text"
            )
    return tuple(merge((start, end) for start, end in value))


def _is_interval(pair: object, length: int) -> bool:
    """Say whether a value is a pair of offsets into a text."""
    if not isinstance(pair, list) or len(pair) != 2 or any(type(offset) is not int for offset in pair):
        return False
    return bool(0 <= pair[0] < pair[1] <= length)

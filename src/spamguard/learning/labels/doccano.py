"""Files of doccano: sequence labelling, with relations or without, and the form of its first versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_lines
from spamguard.learning.labels.native import dump_line
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_ALLOWED = "a list of [start, end, label]"


def read_doccano(path: str) -> Iterator[RawLabel]:
    """Yield the records of an export, JSON lines.

    Raises
    ------
    InputError
        At the first record that is none.
    """
    for fields in json_lines(Path(path)):
        name = str(fields.values.get("id", ""))
        source = fields.string("source", "")
        yield RawLabel(fields.string("text"), list(_marks(fields)), source, name, fields.place)


def _marks(fields: Fields) -> Iterator[RawMark]:
    """Yield the marks of a record, whichever of the forms it has."""
    if "entities" in fields.values or "annotations" in fields.values:
        for one in fields.objects("entities" if "entities" in fields.values else "annotations"):
            # The first versions wrote the number of a label, which says nothing here: any label is spam.
            label = one.values.get("label")
            name = label if isinstance(label, str) else "spam"
            yield RawMark(one.number("start_offset"), one.number("end_offset"), name)
        return
    key = "labels" if "labels" in fields.values else "label"
    if key not in fields.values:
        raise InputError(f"{fields.place}: field 'label' is missing; it must be {_ALLOWED}")
    for value in fields.items(key):
        yield _mark(value, fields, key)


def _mark(value: object, fields: Fields, key: str) -> RawMark:
    """Read one [start, end, label]."""
    if not isinstance(value, list) or len(value) != 3:
        raise fields.fault(key, _ALLOWED, value)
    start, end, name = value
    if type(start) is not int or type(end) is not int or not isinstance(name, str):
        raise fields.fault(key, _ALLOWED, value)
    return RawMark(start, end, name)


def write_doccano(labels: Iterable[Label], path: Path) -> None:
    """Write labels as doccano imports them."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump_line(_fields(label)) for label in labels)


def _fields(label: Label) -> dict[str, Any]:
    """Return one record."""
    spans = [[mark.start, mark.end, mark.category] for mark in label.marks]
    return {"text": label.text, "label": spans, "source": label.source}

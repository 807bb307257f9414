"""Files of doccano: sequence labelling, with relations or without, and the form of its first versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_lines
from spamguard.learning.labels.native import TEXT, dump_line
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_PROPOSED = "proposed_by"
_ALLOWED = "a list of [start, end, label]"


def read_doccano(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records of an export, JSON lines.

    Raises
    ------
    InputError
        At the first record that is none, or that a model marked and that never was in doccano.
    """
    for fields in json_lines(Path(path)):
        # doccano numbers what it imports and keeps the fields that it does not know.
        if _PROPOSED in fields.values and "id" not in fields.values:
            raise InputError(
                f"{fields.place}: field {_PROPOSED!r}: a model marked this; import it into doccano, look it "
                f"over there, and read what doccano exports"
            )
        name = str(fields.values.get("id", ""))
        source = fields.string("source", "")
        yield RawLabel(fields.text(text_field), list(_marks(fields)), source, name, fields.place)


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
    return {"id": label.id, "text": label.text, "label": spans, "source": label.source}


def propose_doccano(labels: Iterable[Label], path: Path, model_id: str) -> None:
    """Write what a model would mark, for import: doccano shows it like a person's labels."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for label in labels:
            fields = _fields(label)
            fields["name"] = fields.pop("id")
            stream.write(dump_line({**fields, _PROPOSED: model_id}))

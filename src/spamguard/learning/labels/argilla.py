"""Records of Argilla, as ``dataset.records.to_list(flatten=True)`` gives them, saved as a JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, as_object, json_list
from spamguard.learning.labels.native import TEXT
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_RESPONSES = ".responses"
_QUESTION = "spam"


def read_argilla(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield one record for each submitted response; suggestions, drafts and discarded ones are passed over.

    Raises
    ------
    InputError
        At the first record that is none, or if nobody has answered any.
    """
    records = list(json_list(Path(path)))
    question = _question(path, records)
    for fields in records:
        states = fields.items(f"{question}{_RESPONSES}.status")
        seen: list[list[RawMark]] = []
        for number, response in enumerate(fields.items(question + _RESPONSES)):
            submitted = number >= len(states) or states[number] in ("submitted", None)
            if submitted and response is not None:
                place = f"{fields.place}, field {question + _RESPONSES!r}, item {number}"
                marks = _marks(response, place)
                # People who agree are one record; those who do not are two, which the checks name.
                if marks not in seen:
                    seen.append(marks)
                    source = fields.string("source", "")
                    name = str(fields.values.get("id", ""))
                    yield RawLabel(fields.text(text_field), marks, source, name, place)


def _question(path: str, records: Sequence[Fields]) -> str:
    """Find the one question that has responses; records that wait for theirs lack the field."""
    names = (name for fields in records for name in fields.values if name.endswith(_RESPONSES))
    found = list(dict.fromkeys(name.removesuffix(_RESPONSES) for name in names))
    if not found:
        raise InputError(
            f"{path}: nobody has answered: no record has responses, a field that ends in {_RESPONSES!r}"
        )
    if len(found) > 1:
        raise InputError(f"{path}: there must be one span question with responses, found {len(found)}")
    return found[0]


def _marks(response: object, place: str) -> list[RawMark]:
    """Read one person's spans."""
    if not isinstance(response, list):
        raise InputError(f"{place}: must be a list of spans, got {type(response).__name__}")
    spans = [as_object(value, f"{place}, span {number}") for number, value in enumerate(response)]
    return [RawMark(one.number("start"), one.number("end"), one.string("label", "spam")) for one in spans]


def write_argilla(labels: Iterable[Label], path: Path) -> None:
    """Write labels as a list of records whose span question is ``spam``."""
    answered = {f"{_QUESTION}{_RESPONSES}.status": ["submitted"]}
    records = [
        {**_fields(label), f"{_QUESTION}{_RESPONSES}": [_spans(label)], **answered} for label in labels
    ]
    path.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


def propose_argilla(labels: Iterable[Label], path: Path, model_id: str) -> None:
    """Write what a model would mark as suggestions, in records that wait for a person."""
    suggested = f"{_QUESTION}.suggestion"
    records = [
        {**_fields(label), "status": "pending", suggested: _spans(label), f"{suggested}.agent": model_id}
        for label in labels
    ]
    path.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


def _fields(label: Label) -> dict[str, Any]:
    """Return what a record says whoever marked it."""
    return {"id": label.id, "text": label.text, "source": label.source}


def _spans(label: Label) -> list[dict[str, Any]]:
    """Return the marks."""
    return [{"start": mark.start, "end": mark.end, "label": mark.category} for mark in label.marks]

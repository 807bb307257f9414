"""Records of Argilla, as ``dataset.records.to_list(flatten=True)`` gives them, saved as a JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, as_object, json_list
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_RESPONSES = ".responses"
_QUESTION = "spam"


def read_argilla(path: str) -> Iterator[RawLabel]:
    """Yield one record for each submitted response; suggestions, drafts and discarded ones are passed over.

    Raises
    ------
    InputError
        At the first record that is none.
    """
    for fields in json_list(Path(path)):
        question = _question(fields)
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
                    yield RawLabel(fields.string("text"), marks, source, name, place)


def _question(fields: Fields) -> str:
    """Find the one question that has responses."""
    found = [name.removesuffix(_RESPONSES) for name in fields.values if name.endswith(_RESPONSES)]
    if len(found) != 1:
        raise InputError(
            f"{fields.place}: there must be one span question, a field that ends in {_RESPONSES!r}, "
            f"found {len(found)}"
        )
    return found[0]


def _marks(response: object, place: str) -> list[RawMark]:
    """Read one person's spans."""
    if not isinstance(response, list):
        raise InputError(f"{place}: must be a list of spans, got {type(response).__name__}")
    spans = [as_object(value, f"{place}, span {number}") for number, value in enumerate(response)]
    return [RawMark(one.number("start"), one.number("end"), one.string("label", "spam")) for one in spans]


def write_argilla(labels: Iterable[Label], path: Path) -> None:
    """Write labels as a list of records whose span question is ``spam``."""
    path.write_text(json.dumps([_fields(label) for label in labels], indent=1) + "\n", "utf-8")


def _fields(label: Label) -> dict[str, Any]:
    """Return one record."""
    spans = [{"start": mark.start, "end": mark.end, "label": mark.category} for mark in label.marks]
    return {
        "id": label.id,
        "text": label.text,
        "source": label.source,
        f"{_QUESTION}{_RESPONSES}": [spans],
        f"{_QUESTION}{_RESPONSES}.status": ["submitted"],
    }

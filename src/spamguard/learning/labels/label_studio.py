"""Files of Label Studio: its JSON, and its JSON-MIN."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_list
from spamguard.learning.labels.native import TEXT
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_USUAL_KEY = "label"
_ANNOTATIONS, _DATA = "annotations", "data."


def read_label_studio(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield one record for each finished annotation; cancelled ones and predictions are passed over.

    Parameters
    ----------
    path
        A file of JSON or JSON-MIN.
    text_field
        The field of the task's data that holds the text, with or without ``data.`` before it.

    Raises
    ------
    InputError
        At the first task that is none, or if no field of JSON-MIN holds spans.
    """
    tasks, text_field = list(json_list(Path(path))), text_field.removeprefix(_DATA)
    keys = _span_keys([task for task in tasks if _ANNOTATIONS not in task.values])
    for task in tasks:
        if _ANNOTATIONS in task.values:
            yield from _annotated(task, text_field)
        else:
            yield _short_form(task, keys, text_field)


def _short_form(task: Fields, keys: Sequence[str], text_field: str) -> RawLabel:
    """Return the record of a task of JSON-MIN, which leaves spans out where there are none."""
    marks = [_mark(one) for key in keys for one in task.objects(key)]
    return RawLabel(task.text(text_field), marks, task.string("source", ""), _id(task), task.place)


def _annotated(task: Fields, text_field: str) -> Iterator[RawLabel]:
    """Yield a record for each annotation of a task of the full form."""
    content = task.inner("data")
    name = str(content.values.get("name") or "") or _id(task)
    for annotation in task.objects(_ANNOTATIONS):
        if not annotation.values.get("was_cancelled"):
            marks = list(_results(annotation))
            source = content.string("source", "")
            yield RawLabel(content.text(text_field), marks, source, name, annotation.place)


def _span_keys(tasks: Sequence[Fields]) -> list[str]:
    """Find the fields that hold spans: JSON-MIN calls them as the labelling configuration calls its tag."""
    if not tasks:
        return []
    if unanswered := next((task for task in tasks if "data" in task.values), None):
        raise InputError(
            f"{unanswered.place}: field {_ANNOTATIONS!r} is missing: a task that nobody has judged; read "
            f"what Label Studio exports"
        )
    found = dict.fromkeys(name for task in tasks for name in task.values if is_spans(task.values[name]))
    if not found and not any(_USUAL_KEY in task.values for task in tasks):
        raise InputError(
            f"{tasks[0].place}: no field of this file holds spans, objects with start, end and labels; "
            f"export as JSON instead"
        )
    return list(found) or [_USUAL_KEY]


def is_spans(value: object) -> bool:
    """Say whether a field holds spans as JSON-MIN writes them.

    Examples
    --------
    >>> is_spans([{"start": 0, "end": 2, "text": "ad", "labels": ["SPAM"]}]), is_spans(["a choice"])
    (True, False)
    """
    if not isinstance(value, list):
        return False
    return any(isinstance(one, dict) and {"start", "end"} <= one.keys() for one in value)


def _id(task: Fields) -> str:
    """Name of a task."""
    return str(task.values.get("name") or task.values.get("id", ""))


def _results(annotation: Fields) -> Iterator[RawMark]:
    """Yield the spans of an annotation; its ratings, choices and relations are passed over."""
    for one in annotation.objects("result"):
        kind = one.values.get("type")
        if kind == "labels":
            yield _mark(one.inner("value"))
        elif kind in ("hypertextlabels", "paragraphlabels"):
            raise InputError(
                f"{one.place}: field 'type' must be 'labels', spans of plain text; offsets of {kind!r} are "
                f"of a page, not of the text"
            )


def _mark(value: Fields) -> RawMark:
    """Read one span."""
    names = value.items("labels")
    if not names or not isinstance(names[0], str):
        raise InputError(f"{value.place}: field 'labels' must be a list with a label's name")
    quote = value.string("text") if value.values.get("text") is not None else None
    return RawMark(value.number("start"), value.number("end"), names[0], quote)


def write_label_studio(labels: Iterable[Label], path: Path) -> None:
    """Write labels as Label Studio imports them."""
    tasks = [_task(number, label) for number, label in enumerate(labels, start=1)]
    path.write_text(json.dumps(tasks, indent=1) + "\n", "utf-8")


def propose_label_studio(labels: Iterable[Label], path: Path, model_id: str) -> None:
    """Write labels as pre-annotations that a person looks over.

    Parameters
    ----------
    labels
        Texts with what a model would mark.
    path
        The file.
    model_id
        What Label Studio shows as the version of the model.
    """
    tasks = []
    for number, label in enumerate(labels, start=1):
        task = _task(number, label)
        annotation = task.pop("annotations")[0]
        tasks.append({**task, "predictions": [{"model_version": model_id, "result": annotation["result"]}]})
    path.write_text(json.dumps(tasks, indent=1) + "\n", "utf-8")


def _task(number: int, label: Label) -> dict[str, Any]:
    """Return one task."""
    results = [
        {
            "id": f"{number}-{i}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": mark.start, "end": mark.end, "text": quote, "labels": [mark.category]},
        }
        for i, (mark, quote) in enumerate(zip(label.marks, label.quotes, strict=True))
    ]
    content = {"text": label.text, "source": label.source, "name": label.id}
    return {"data": content, "annotations": [{"result": results}]}

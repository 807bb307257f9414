"""Files of Label Studio: its JSON, and its JSON-MIN."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_list
from spamguard.learning.labels.record import Label, RawLabel, RawMark


def read_label_studio(path: str) -> Iterator[RawLabel]:
    """Yield one record for each finished annotation; cancelled ones and predictions are passed over.

    Raises
    ------
    InputError
        At the first task that is none.
    """
    for task in json_list(Path(path)):
        if "annotations" not in task.values:
            marks = [_mark(one) for one in task.objects("label")]
            yield RawLabel(task.string("text"), marks, "", _id(task), task.place)
            continue
        content = task.inner("data")
        for annotation in task.objects("annotations"):
            if not annotation.values.get("was_cancelled"):
                yield RawLabel(
                    content.string("text"),
                    list(_results(annotation)),
                    content.string("source", ""),
                    _id(task),
                    annotation.place,
                )


def _id(task: Fields) -> str:
    """Name of a task."""
    return str(task.values.get("id", ""))


def _results(annotation: Fields) -> Iterator[RawMark]:
    """Yield the spans of an annotation; its ratings, choices and relations are passed over."""
    for one in annotation.objects("result"):
        if one.values.get("type") == "labels":
            yield _mark(one.inner("value"))


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


def write_tasks(labels: Iterable[Label], path: Path, model_id: str) -> None:
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

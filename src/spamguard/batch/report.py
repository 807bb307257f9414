"""The report of a run: one JSON line for each span, and for each record that was left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from spamguard.batch.outcomes import Event, Fault, Finding, Outcome


def json_line(fields: dict[str, Any]) -> bytes:
    r"""Return one line of UTF-8 JSON, any script readable.

    Bytes that were no UTF-8 stand as lone surrogates in a text or a name, which UTF-8 cannot hold; their
    backslash form is JSON's own.

    Examples
    --------
    >>> json_line({"file": "caf\udce9"})
    b'{"file": "caf\\udce9"}\n'
    """
    return (json.dumps(fields, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def place(event: Finding | Fault) -> dict[str, Any]:
    """Return where something is: file, and record and field where there are any.

    Examples
    --------
    >>> place(Fault("a.jsonl", 3, "not JSON"))
    {'file': 'a.jsonl', 'record': 3}
    """
    fields: dict[str, Any] = {"file": event.name}
    if event.record is not None:
        fields["record"] = event.record
    if isinstance(event, Finding) and event.field:
        fields["field"] = event.field
    return fields


def report_lines(event: Event) -> Iterator[bytes]:
    """Yield one line for each span: file, record, field, start, end, text, score, category.

    Spans of a text that was left alone have ``"review": true`` besides; a record that was left alone for
    a fault has a line with file, record, fault; so has a file that failed.
    """
    if isinstance(event, Finding):
        review = {"review": True} if event.is_review else {}
        for span in event.result.to_dict()["spans"]:
            moved = {"start": span["start"] + event.offset, "end": span["end"] + event.offset}
            yield json_line({**place(event), **span, **moved, **review})
    elif isinstance(event, Fault):
        yield json_line({**place(event), "fault": event.reason})
    elif event.status == "failed":
        yield json_line({"file": event.name, "fault": event.reason})


def event_line(event: Event) -> bytes:
    """Return one line for what happened: a file with its status, target and reason, or one of its records.

    Spans and edits of a file that is one document stand in its own line.
    """
    if isinstance(event, Outcome):
        fields: dict[str, Any] = {"file": event.name, "status": event.status}
        fields |= {"target": event.target or None, "reason": event.reason or None}
        return json_line(fields | _cleaning(event))
    if isinstance(event, Fault):
        return json_line({**place(event), "fault": event.reason})
    review = {"review": True} if event.is_review else {}
    return json_line({**place(event), "offset": event.offset, **_cleaning(event), **review})


def _cleaning(event: Finding | Outcome) -> dict[str, Any]:
    """Return the spans and edits of a cleaning."""
    if event.result is None:
        return {}
    told = event.result.to_dict()
    return {"spans": told["spans"], "edits": told["edits"]}

"""The report of a run: one JSON line for each span."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from spamguard.batch.outcomes import Outcome


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


def report_lines(outcome: Outcome) -> Iterator[bytes]:
    """Yield one line for each span of a file: file, start, end, text, score, category."""
    if outcome.result is not None:
        for span in outcome.result.spans:
            yield json_line({"file": outcome.name, **asdict(span)})


def outcome_line(outcome: Outcome) -> bytes:
    """Return one line for a file: file, status, target, reason, spans, edits."""
    fields: dict[str, Any] = {"file": outcome.name, "status": outcome.status}
    fields |= {"target": outcome.target or None, "reason": outcome.reason or None}
    if outcome.result is not None:
        fields["spans"] = [asdict(span) for span in outcome.result.spans]
        fields["edits"] = [asdict(edit) for edit in outcome.result.edits]
    return json_line(fields)

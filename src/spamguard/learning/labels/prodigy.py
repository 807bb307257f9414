"""Files of Prodigy: JSON lines with tokens, spans and an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_lines
from spamguard.learning.labels.native import TEXT, dump_line
from spamguard.learning.labels.record import Label, RawLabel, RawMark

_ANSWERS = ("accept", "reject", "ignore")


def read_prodigy(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records that were accepted.

    Raises
    ------
    InputError
        At the first record that is none, or that has no answer: a task that nobody has judged.
    """
    for fields in json_lines(Path(path)):
        if "answer" not in fields.values:
            raise InputError(
                f"{fields.place}: field 'answer' is missing: a task that nobody has judged; read what "
                f"prodigy db-out exports"
            )
        answer = fields.string("answer")
        if answer not in _ANSWERS:
            raise InputError(f"{fields.place}: field 'answer' must be one of {', '.join(_ANSWERS)}")
        if answer == "accept":
            meta = fields.inner("meta") if fields.values.get("meta") else Fields({}, fields.place)
            source = meta.string("source", "")
            tokens = list(fields.objects("tokens"))
            marks = [_mark(one, tokens) for one in fields.objects("spans")]
            name = str(meta.values.get("id", ""))
            yield RawLabel(fields.text(text_field), marks, source, name, fields.place)


def _mark(span: Fields, tokens: list[Fields]) -> RawMark:
    """Read one span; what its tokens say stands there is its quote."""
    start, end = span.number("start"), span.number("end")
    return RawMark(start, end, span.string("label", "spam"), _quote(span, tokens))


def _quote(span: Fields, tokens: list[Fields]) -> str | None:
    """Put a span's quote together from its tokens, the last of which belongs to it."""
    if "token_start" not in span.values or "token_end" not in span.values or not tokens:
        return None
    first, last = span.number("token_start"), span.number("token_end")
    if not first <= last < len(tokens):
        raise InputError(f"{span.place}: token_start and token_end must be within the {len(tokens)} tokens")
    inside = tokens[first : last + 1]
    if len(inside) > 1 and not all(isinstance(one.values.get("ws"), bool) for one in inside[:-1]):
        return None
    pieces = [one.string("text") + " " * bool(one.values.get("ws")) for one in inside[:-1]]
    return "".join([*pieces, inside[-1].string("text")])


def write_prodigy(labels: Iterable[Label], path: Path) -> None:
    """Write labels as Prodigy imports them; it adds tokens itself."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump_line({**_fields(label), "answer": "accept"}) for label in labels)


def propose_prodigy(labels: Iterable[Label], path: Path, model_id: str) -> None:
    """Write tasks with what a model would mark, without an answer: a person gives it."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for label in labels:
            fields = _fields(label)
            stream.write(dump_line({**fields, "meta": {**fields["meta"], "proposed_by": model_id}}))


def _fields(label: Label) -> dict[str, Any]:
    """Return one record."""
    spans = [{"start": mark.start, "end": mark.end, "label": mark.category} for mark in label.marks]
    meta = {"source": label.source, "id": label.id}
    return {"text": label.text, "spans": spans, "meta": meta}

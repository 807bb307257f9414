"""spamguard's own formats: JSON lines with verified offsets, and one line a string for quick work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.learning.labels.fields import Fields, json_lines, read_bytes
from spamguard.learning.labels.record import Label, RawLabel, RawMark, in_utf8

_VERDICTS = ("spam", "ham")
TEXT = "text"
# What a record says of itself whose marks are a model's and that no person has looked at.
GUESS = "guess"


def to_fields(label: Label) -> dict[str, Any]:
    """Return a label as plain values, in the native form."""
    spans = [
        {"start": mark.start, "end": mark.end, "category": mark.category, "quote": quote}
        for mark, quote in zip(label.marks, label.quotes, strict=True)
    ]
    return {"text": label.text, "spans": spans, "source": label.source, "id": label.id}


def dump_line(fields: object) -> str:
    """Return a line of JSON that UTF-8 can hold, whatever strings it has."""
    line = json.dumps(fields, ensure_ascii=False)
    return line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def from_fields(fields: Fields, text_field: str = TEXT) -> RawLabel:
    """Read a label in the native form.

    Parameters
    ----------
    fields
        One record.
    text_field
        The field that holds the text.

    Raises
    ------
    InputError
        If a field is missing or of the wrong kind, or the marks are a model's that nobody has confirmed.
    """
    text = fields.text(text_field)
    if fields.values.get("status") == GUESS:
        raise InputError(
            f"{fields.place}: field 'status' is {GUESS!r}: a model marked this; look at it, mend the spans "
            f"and delete the field, or delete the line"
        )
    if "spans" not in fields.values:
        raise InputError(
            f"{fields.place}: field 'spans' is missing; it must be a list, empty for clean texts"
        )
    marks = [
        RawMark(
            one.number("start"),
            one.number("end"),
            one.string("category", "other"),
            one.string("quote") if one.values.get("quote") is not None else None,
        )
        for one in fields.objects("spans")
    ]
    return RawLabel(text, marks, fields.string("source", ""), fields.string("id", ""), fields.place)


def read_native(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records of a native file.

    Raises
    ------
    InputError
        At the first record that is none.
    """
    for fields in json_lines(Path(path)):
        yield from_fields(fields, text_field)


def write_native(labels: Iterable[Label], path: Path) -> None:
    """Write labels in the native form."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump_line(to_fields(label)) for label in labels)


def propose_native(labels: Iterable[Label], path: Path, _: str) -> None:
    """Write what a model would mark; each record says so until a person deletes its ``status``."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(dump_line({"status": GUESS, **to_fields(label)}) for label in labels)


def read_quick(path: str, _: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records of a file with one line a string: ``spam`` or ``ham``, white space, the string.

    Raises
    ------
    InputError
        At the first line that starts with neither, or has no string.
    """
    try:
        content = read_bytes(Path(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 from byte {error.start} on") from None
    for number, line in enumerate(content.split("\n"), start=1):
        place = f"{path}, line {number}"
        verdict, _, text = line.rstrip("\r").replace("\t", " ", 1).partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if verdict not in _VERDICTS or not text.strip():
            raise InputError(f"{place}: a line is spam or ham, a space or tab, and a string")
        marks = [RawMark(0, len(text), "spam", text)] if verdict == "spam" else []
        yield RawLabel(text, marks, "", str(number), place)


def write_quick(labels: Iterable[Label], path: Path) -> None:
    """Write labels as one line a string.

    Raises
    ------
    InputError
        If a text has a line break or a lone surrogate, or is neither spam from end to end nor clean.
    """
    found = in_utf8(labels)
    lines = [quick_line(label.text, is_spam=_is_all_spam(label), place=label.place) for label in found]
    path.write_text("".join(lines), "utf-8")


def quick_line(text: str, *, is_spam: bool, place: str = "the string") -> str:
    """Return one line of a quick file.

    Raises
    ------
    InputError
        If the text has a line break or is blank.
    """
    if not text.strip() or any(c in text for c in "\r\n"):
        raise InputError(f"{place}: a quick line holds one line of text; use the native format for more")
    return f"{_VERDICTS[0] if is_spam else _VERDICTS[1]}\t{text}\n"


def _is_all_spam(label: Label) -> bool:
    """Say whether a text is spam from end to end."""
    if label.spans not in ((), ((0, len(label.text)),)):
        raise InputError(f"{label.place}: only texts that are spam, or clean, as a whole fit a quick line")
    return bool(label.marks)

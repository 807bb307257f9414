"""CSV: one row a marked span, or one row a text with ``spam`` or ``ham``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from spamguard.errors import InputError
from spamguard.learning.labels.fields import read_bytes
from spamguard.learning.labels.native import TEXT
from spamguard.learning.labels.record import Label, RawLabel, RawMark, in_utf8

COLUMNS = ("id", "source", "text", "start", "end", "category", "quote")
_SHORT = ("text", "label")
# A spreadsheet runs cells that start so as formulas. An apostrophe before them stops it, and is taken off.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "'")
_LONGEST_CELL = 64 * 1024 * 1024


def read_csv(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield the records of a CSV file; rows of one text with one id, one after the other, are one record.

    Raises
    ------
    InputError
        If the columns are others, or at the first row that is no record.
    """
    rows = list(_rows(Path(path), text_field))
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and _key(rows[end][1]) == _key(rows[start][1]) and rows[start][1].get("id"):
            end += 1
        yield _record(rows[start:end])
        start = end


def _rows(path: Path, text_field: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows by column, each with its place."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 from byte {error.start} on") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [TEXT if name == text_field else name for name in next(reader, [])]
        if not set(_SHORT) <= set(header) and not {"text", "start", "end"} <= set(header):
            raise InputError(
                f"{path}, line 1: the columns must be {', '.join(_SHORT)}, or of {', '.join(COLUMNS)} "
                f"at least text, start and end; where another one holds the text, say so with --text-field"
            )
        for row in reader:
            place = f"{path}, line {reader.line_num}"
            if row and len(row) != len(header):
                raise InputError(f"{place}: must have {len(header)} cells, has {len(row)}")
            if row:
                yield place, {name: _bare(cell) for name, cell in zip(header, row, strict=True)}
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: not CSV: {error}") from None


def _key(row: dict[str, str]) -> tuple[str, str, str]:
    """Return what rows of one record share."""
    return row.get("id", ""), row.get("source", ""), row["text"]


def _record(rows: list[tuple[str, dict[str, str]]]) -> RawLabel:
    """Turn the rows of one text into a record."""
    place, first = rows[0]
    if "label" in first:
        if first["label"] not in ("spam", "ham"):
            raise InputError(f"{place}: field 'label' must be spam or ham")
        whole = RawMark(0, len(first["text"]), "spam")
        marks = [whole] if first["label"] == "spam" else []
    else:
        marks = [_mark(place, row) for place, row in rows if row["start"] or row["end"]]
    return RawLabel(first["text"], marks, first.get("source", ""), first.get("id", ""), place)


def _mark(place: str, row: dict[str, str]) -> RawMark:
    """Read one row's span."""
    for name in ("start", "end"):
        if not (row[name].isascii() and row[name].isdecimal() and len(row[name]) < 12):
            raise InputError(f"{place}: field {name!r} must be a whole number from 0")
    category = row.get("category") or "spam"
    return RawMark(int(row["start"]), int(row["end"]), category, row.get("quote") or None)


def write_csv(labels: Iterable[Label], path: Path) -> None:
    """Write labels as CSV, one row a span; a clean text is a row without offsets.

    Raises
    ------
    InputError
        If one holds a lone surrogate.
    """
    writable, before = in_utf8(labels), ("", "", "")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for number, label in enumerate(writable, start=1):
            # Rows of one record are told by their id: two people's marks on one text would become one's.
            head = (label.id or str(number), label.source, label.text)
            head = (f"{label.id}/{number}", *head[1:]) if head == before else head
            before = head
            spans = zip(label.marks, label.quotes, strict=True)
            rows: list[tuple[object, ...]] = [
                (mark.start, mark.end, mark.category, quote) for mark, quote in spans
            ]
            for row in rows or [("", "", "", "")]:
                writer.writerow([_guarded(str(cell)) for cell in (*head, *row)])


def _guarded(cell: str) -> str:
    """Keep a spreadsheet from running a cell."""
    return "'" + cell if cell.startswith(_FORMULAS) else cell


def _bare(cell: str) -> str:
    """Take the guard off again."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULAS) else cell

"""The formats of label files, and which one a file has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spamguard.errors import InputError
from spamguard.learning.labels import (
    argilla,
    columns,
    doccano,
    feedback,
    label_studio,
    native,
    prodigy,
    table,
)
from spamguard.learning.labels.fields import Fields, as_object, json_list, parsed
from spamguard.learning.labels.record import Label, RawLabel

Read = Callable[[str, str], Iterator[RawLabel]]
Write = Callable[[Iterable[Label], Path], None]
Propose = Callable[[Iterable[Label], Path, str], None]
_PEEK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read and written.

    Parameters
    ----------
    read
        Yields the records of a path, whose text is in a field of that name.
    write
        Writes labels to a path; None where nobody reads such files from us.
    propose
        Writes what a model of that name would mark, for a person to judge; None where nobody judges there.

    Examples
    --------
    >>> FORMATS["native"].write is None
    False
    """

    read: Read
    write: Write | None
    propose: Propose | None = None


FORMATS = {
    "native": Format(native.read_native, native.write_native, native.propose_native),
    "quick": Format(native.read_quick, native.write_quick),
    "doccano": Format(doccano.read_doccano, doccano.write_doccano, doccano.propose_doccano),
    "label-studio": Format(
        label_studio.read_label_studio, label_studio.write_label_studio, label_studio.propose_label_studio
    ),
    "prodigy": Format(prodigy.read_prodigy, prodigy.write_prodigy, prodigy.propose_prodigy),
    "argilla": Format(argilla.read_argilla, argilla.write_argilla, argilla.propose_argilla),
    "csv": Format(table.read_csv, table.write_csv),
    "parquet": Format(columns.read_dataset, columns.write_parquet),
    "dataset": Format(columns.read_dataset, columns.write_folder),
    "feedback": Format(feedback.read_feedback, None),
}
_BY_SUFFIX = {".txt": "quick", ".csv": "csv", ".parquet": "parquet"}


def guess(path: str, text_field: str = native.TEXT) -> str:
    """Return the name of a file's format, from its name and its first record.

    Parameters
    ----------
    path
        A file, a folder of a data set, ``hub:…`` or the address of a service's feedback.
    text_field
        The field that holds the text.

    Raises
    ------
    InputError
        If there is nothing there, its first record cannot be read, or it looks like none of the formats.
    """
    if path.startswith(feedback.SCHEMES):
        return "feedback"
    if path.startswith(columns.HUB) or Path(path).is_dir():
        return "dataset"
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file or folder")
    if (suffix := Path(path).suffix) in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    return format_within(Path(path), text_field)


def format_within(path: Path, text_field: str) -> str:
    """Return the name of a file's format, from its first record alone.

    Parameters
    ----------
    path
        A file of JSON lines or of one JSON list.
    text_field
        The field that holds the text.

    Raises
    ------
    InputError
        If its first record cannot be read, or looks like none of the formats.
    """
    return _by_record(*_first_record(path), text_field.removeprefix("data."))


def _first_record(path: Path) -> tuple[Fields, bool]:
    """Return the first object of a file, and whether the file is one JSON list rather than JSON lines."""
    with path.open("rb") as stream:
        head = stream.read(_PEEK_BYTES).removeprefix(b"\xef\xbb\xbf")
    if head.startswith(feedback.SQLITE):
        raise InputError(feedback.sqlite_refusal(str(path)))
    if not head.strip():
        raise InputError(f"{path}: the file is empty")
    if head.lstrip().startswith(b"["):
        if first := next(json_list(path), None):
            return first, True
        raise InputError(f"{path}: the list is empty")
    number, line = next((n, line) for n, line in enumerate(head.split(b"\n"), start=1) if line.strip())
    place = f"{path}, line {number}"
    return as_object(parsed(line, place), place), False


def _by_record(record: Fields, is_list: bool, text_field: str) -> str:
    """Tell a format by the fields of its first record."""
    names = set(record.values)
    found = _of_list(record) if is_list else _of_lines(names)
    if found is None:
        if not is_list or "data" not in names:
            record.text(text_field)
        raise InputError(f"{record.place}: format unknown; say which with --format: {', '.join(FORMATS)}")
    return found


def _of_list(record: Fields) -> str | None:
    """Tell a tool that writes one JSON list; where nothing is marked, JSON-MIN leaves the spans out."""
    if any(name.endswith((".responses", ".suggestion")) for name in record.values):
        return "argilla"
    tasks = {"annotations", "predictions", "data", "label", "annotator", "annotation_id", "lead_time"}
    is_task = tasks & set(record.values) or any(map(label_studio.is_spans, record.values.values()))
    return "label-studio" if is_task else None


def _of_lines(names: set[str]) -> str | None:
    """Tell a tool that writes JSON lines."""
    if {"label", "labels", "entities", "annotations"} & names:
        return "doccano"
    # Its tasks have no answer yet, and look like ours save for their meta.
    if {"answer", "_task_hash", "tokens", "meta"} & names:
        return "prodigy"
    return "native" if "spans" in names else None


def written_as(name: str | None, path: Path) -> Write:
    """Return what writes a file in a format.

    Parameters
    ----------
    name
        Of the format; by default as the file's ending says, and native.
    path
        The file to be written.

    Raises
    ------
    InputError
        If nothing writes this format.
    """
    chosen = FORMATS[name or _BY_SUFFIX.get(path.suffix, "native")]
    if chosen.write is None:
        raise InputError(
            f"{name} is read only; write one of {', '.join(n for n in FORMATS if FORMATS[n].write)}"
        )
    return chosen.write

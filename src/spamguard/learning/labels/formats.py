"""The formats of label files, and which one a file has."""

from __future__ import annotations

import json
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
from spamguard.learning.labels.record import Label, RawLabel

Read = Callable[[str], Iterator[RawLabel]]
Write = Callable[[Iterable[Label], Path], None]
_PEEK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read and written.

    Parameters
    ----------
    read
        Yields the records of a path.
    write
        Writes labels to a path; None where nobody reads such files from us.

    Examples
    --------
    >>> FORMATS["native"].write is None
    False
    """

    read: Read
    write: Write | None


FORMATS = {
    "native": Format(native.read_native, native.write_native),
    "quick": Format(native.read_quick, native.write_quick),
    "doccano": Format(doccano.read_doccano, doccano.write_doccano),
    "label-studio": Format(label_studio.read_label_studio, label_studio.write_label_studio),
    "prodigy": Format(prodigy.read_prodigy, prodigy.write_prodigy),
    "argilla": Format(argilla.read_argilla, argilla.write_argilla),
    "csv": Format(table.read_csv, table.write_csv),
    "parquet": Format(columns.read_dataset, columns.write_parquet),
    "dataset": Format(columns.read_dataset, columns.write_folder),
    "feedback": Format(feedback.read_feedback, None),
}
_BY_SUFFIX = {".txt": "quick", ".csv": "csv", ".parquet": "parquet"}


def guess(path: str) -> str:
    """Return the name of a file's format, from its name and its first record.

    Parameters
    ----------
    path
        A file, a folder of a data set, ``hub:…`` or the address of a service's feedback.

    Raises
    ------
    InputError
        If there is nothing there, or it looks like none of the formats.
    """
    if path.startswith(feedback.SCHEMES):
        return "feedback"
    if path.startswith(columns.HUB) or Path(path).is_dir():
        return "dataset"
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file or folder")
    if (suffix := Path(path).suffix) in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    name = _by_record(_first_record(Path(path)))
    if name is None:
        raise InputError(f"{path}: format unknown; say which with --format: {', '.join(FORMATS)}")
    return name


def _first_record(path: Path) -> dict[str, object]:
    """Return the first object of a file of JSON lines or of a JSON list, or an empty one."""
    with path.open("rb") as stream:
        head = stream.read(_PEEK_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        found = json.loads(head if head.startswith(b"[") else head.split(b"\n")[0])
    except (ValueError, RecursionError):
        return {}
    first = found[0] if isinstance(found, list) and found else found
    return {**first, "": isinstance(found, list)} if isinstance(first, dict) else {}


def _by_record(record: dict[str, object]) -> str | None:
    """Tell a format by the fields of a record."""
    is_list = bool(record.get(""))
    if is_list and any(name.endswith(".responses") for name in record):
        return "argilla"
    if is_list and ("annotations" in record or "label" in record):
        return "label-studio"
    if is_list or "text" not in record:
        return None
    if {"label", "labels", "entities", "annotations"} & set(record):
        return "doccano"
    if {"answer", "_task_hash", "tokens"} & set(record):
        return "prodigy"
    return "native" if "spans" in record else None


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

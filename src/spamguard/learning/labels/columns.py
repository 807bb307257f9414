"""Data sets of Hugging Face ``datasets``: a name on the hub, a saved folder, Parquet, JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spamguard.errors import InputError, MissingExtraError
from spamguard.learning.labels.fields import Fields
from spamguard.learning.labels.native import TEXT, from_fields, to_fields
from spamguard.learning.labels.record import Label, RawLabel, in_utf8

if TYPE_CHECKING:
    from datasets import Dataset, Features

HUB = "hub:"
_LONGEST_REASON = 200
_BUILDERS = {".parquet": "parquet", ".jsonl": "json"}


def read_dataset(path: str, text_field: str = TEXT) -> Iterator[RawLabel]:
    """Yield the rows of a data set with the columns text and spans, and, if there are, source and id.

    Parameters
    ----------
    path
        ``hub:owner/name`` or ``hub:owner/name:split``, a folder saved with ``save_to_disk``, a folder of
        Parquet or JSON lines files, or one such file.
    text_field
        The column of the text.

    Raises
    ------
    InputError
        If it cannot be loaded, or at the first row that is no record.
    MissingExtraError
        If ``datasets`` is not installed.
    """
    for number, row in enumerate(_load(path), start=1):
        yield from_fields(Fields(_plain(row), f"{path}, row {number}"), text_field)


def _load(path: str) -> Dataset:
    """Load a data set from wherever it lies."""
    try:
        import datasets
    except ModuleNotFoundError:
        raise MissingExtraError("reading data sets", "train") from None
    try:
        if path.startswith(HUB):
            name, _, split = path.removeprefix(HUB).partition(":")
            return datasets.load_dataset(name, split=split or "train")
        if (Path(path) / "state.json").is_file():
            return datasets.load_from_disk(path)
        return _load_files(Path(path), datasets)
    except InputError:
        raise
    # The library raises whatever its many readers do; each means that this is no data set that it can read.
    except Exception as error:
        raise InputError(f"{path}: not a data set: {_reason(path, error)}") from error


def _reason(path: str, error: Exception) -> str:
    """Say why nothing was loaded; what a reader says of a file could quote its texts."""
    name = type(error).__name__
    if not path.startswith(HUB):
        return name
    said = next((line.strip() for line in str(error).split("\n") if line.strip()), "")
    return (
        f"{name}: {said[:_LONGEST_REASON]}; it must be {HUB}owner/name or {HUB}owner/name:split, the network "
        f"must reach the hub, and a private one needs HF_TOKEN"
    )


def _load_files(path: Path, datasets: Any) -> Dataset:  # noqa: ANN401  (the library has no types)
    """Load Parquet or JSON lines, all of a folder's files or one."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for suffix, builder in _BUILDERS.items():
        if chosen := [str(file) for file in files if file.suffix == suffix]:
            found: Dataset = datasets.load_dataset(builder, data_files=chosen, split="train")
            return found
    raise InputError(f"{path}: no data set; it must hold {' or '.join(_BUILDERS)} files, or be one")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in the native form: a column of lists stands for a list of objects."""
    spans = row.get("spans")
    if isinstance(spans, dict):
        spans = [dict(zip(spans, values, strict=True)) for values in zip(*spans.values(), strict=True)]
    return {**row, "spans": spans} if "spans" in row else row


def features() -> Features:
    """Return the columns' fixed types; without them a first file whose spans are all empty has none."""
    from datasets import Features, Value

    span = {"start": Value("int64"), "end": Value("int64")}
    span |= {"category": Value("string"), "quote": Value("string")}
    columns = {"text": Value("string"), "spans": [span], "source": Value("string"), "id": Value("string")}
    return Features(columns)


def _dataset(labels: Iterable[Label]) -> Dataset:
    """Build a data set of labels."""
    try:
        from datasets import Dataset
    except ModuleNotFoundError:
        raise MissingExtraError("writing data sets", "train") from None
    return Dataset.from_list([to_fields(label) for label in in_utf8(labels)], features=features())


def write_parquet(labels: Iterable[Label], path: Path) -> None:
    """Write labels as one Parquet file.

    Raises
    ------
    InputError
        If one holds a lone surrogate.
    MissingExtraError
        If ``datasets`` is not installed.
    """
    _dataset(labels).to_parquet(str(path))


def write_folder(labels: Iterable[Label], path: Path) -> None:
    """Write labels as a folder that ``datasets.load_from_disk`` opens.

    Raises
    ------
    InputError, MissingExtraError
        As :func:`write_parquet`.
    """
    _dataset(labels).save_to_disk(str(path))

"""How a Parquet file was written, below what Arrow tells of it: so that another can be written like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from spamguard.batch.formats.columns import PART, is_list
from spamguard.batch.formats.protocol import library
from spamguard.errors import FormatError

_NEWEST = "2.6"
_SCHEMA_KEY = b"ARROW:schema"
_ROWS = 4_096
# Nanoseconds since 1970 in 64 bits reach this far, in microseconds.
_MOST_MICROSECONDS = (1 << 63) // 1_000 - 1


def options_like(file: Any) -> dict[str, Any]:  # noqa: ANN401  (Arrow's own)
    """Return the options with which a writer stores values as a file does.

    Parameters
    ----------
    file
        The file, as Arrow's ``ParquetFile``.

    Raises
    ------
    FormatError
        If no options do; the message names a column.
    """
    options = _options(file)
    unlike = ""
    # Files that call themselves old may hold types that an old writer would change.
    for version in dict.fromkeys((file.metadata.format_version, _NEWEST)):
        options["version"] = version
        unlike = _unlike(file, options)
        if not unlike:
            return options
    raise FormatError(f"column {unlike} is stored in a way that cannot be written again")


def refuse_far_times(source: BinaryIO, file: Any) -> None:  # noqa: ANN401
    """Refuse times that 64 bits of nanoseconds cannot hold: Arrow would read others in their place.

    Parameters
    ----------
    source
        Where the file is read from.
    file
        The file, as Arrow's ``ParquetFile``.

    Raises
    ------
    FormatError
        If there are any; the message names a column.
    """
    paths = [one.path for one in _columns(file.schema) if one.physical_type == "INT96"]
    parquet = library("pyarrow.parquet", PART)
    for path in paths:
        # Microseconds hold any time that such files have.
        coarse = parquet.ParquetFile(source, pre_buffer=False, coerce_int96_timestamp_unit="us")
        for batch in coarse.iter_batches(_ROWS, columns=[path], use_threads=False):
            if any(_reach_far(times) for column in batch.columns for times in _leaves(column)):
                raise FormatError(f"column {path} holds times before 1678 or after 2261, which would change")


def _reach_far(times: Any) -> bool:  # noqa: ANN401
    """Whether there are times, in microseconds, that 64 bits of nanoseconds cannot hold."""
    found = library("pyarrow.compute", PART).min_max(times.cast("int64")).as_py()
    if found["min"] is None:
        return False
    return bool(found["min"] < -_MOST_MICROSECONDS or found["max"] > _MOST_MICROSECONDS)


def _leaves(array: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the arrays of plain values in an array of structs and lists."""
    types = library("pyarrow.types", PART)
    if types.is_timestamp(array.type):
        yield array
        return
    members: Sequence[Any] = ()
    if types.is_struct(array.type):
        members = array.flatten()
    elif types.is_map(array.type):
        members = array.keys, array.items
    elif is_list(array.type):
        members = (array.flatten(),)
    for member in members:
        yield from _leaves(member)


def _options(file: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the options that a file's metadata tell."""
    metadata, columns = file.metadata, list(_columns(file.schema))
    decimals = [one.physical_type for one in columns if one.logical_type.type == "DECIMAL"]
    options: dict[str, Any] = {
        "store_schema": _SCHEMA_KEY in (metadata.metadata or {}),
        "use_deprecated_int96_timestamps": any(one.physical_type == "INT96" for one in columns),
        "store_decimal_as_integer": any(kind in ("INT32", "INT64") for kind in decimals),
        # Where it is off, the elements of lists have the names that Arrow read.
        "use_compliant_nested_type": not any(".list.item" in one.path for one in columns),
    }
    if metadata.num_row_groups:
        group = metadata.row_group(0)
        chunks = [group.column(at) for at in range(group.num_columns)]
        options["compression"] = {
            one.path_in_schema: one.compression.lower().replace("uncompressed", "none") for one in chunks
        }
    return options


def _columns(schema: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the columns of a Parquet schema."""
    for at in range(len(schema)):
        yield schema.column(at)


def _unlike(file: Any, options: dict[str, Any]) -> str:  # noqa: ANN401
    """Return the first column that options would store otherwise; empty if there is none."""
    parquet, out = library("pyarrow.parquet", PART), BytesIO()
    with parquet.ParquetWriter(out, file.schema_arrow, **options):
        pass
    made = parquet.ParquetFile(out).schema
    pairs = zip(_columns(file.schema), _columns(made), strict=True)
    return next((before.path for before, after in pairs if _storage(before) != _storage(after)), "")


def _storage(column: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return how a column's values are stored."""
    unit = column.logical_type.to_json() if column.logical_type.type == "TIMESTAMP" else ""
    units = [one for one in ("milliseconds", "microseconds", "nanoseconds") if one in unit]
    return column.physical_type, column.length, units

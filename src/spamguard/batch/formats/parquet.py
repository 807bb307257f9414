"""Parquet: texts in named columns; schema, metadata, row groups and compression kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from spamguard.batch.formats.protocol import Unit, library
from spamguard.errors import FormatError
from spamguard.result import CleanResult

_PART = "reading Parquet"
# Rows that are held at once, and bytes after which a row group is written although it has more rows.
_ROWS = 256
_GROUP_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The wanted columns of some rows.

    Examples
    --------
    >>> Columns(("text",), (("Good news.", None),)).texts
    ['Good news.']
    """

    names: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]

    @property
    def texts(self) -> Sequence[str]:
        """All values that are there, column by column."""
        return [value for column in self.values for value in column if value is not None]

    @property
    def fields(self) -> Sequence[str]:
        """The column of each text."""
        return [
            name
            for name, column in zip(self.names, self.values, strict=True)
            for one in column
            if one is not None
        ]

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Return the results: offsets are into the value."""
        return results

    def write(self, results: Sequence[CleanResult]) -> list[list[str | None]]:
        """Return the columns with the cleaned values."""
        left = iter(results)
        return [[None if one is None else next(left).text for one in column] for column in self.values]


class _ParquetSink:
    """Writes rows in the row groups that they came in."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._writer: Any = None
        self._held: list[Any] = []
        self._held_bytes = 0
        self._group = 0

    def write(self, unit: Unit, raw: list[list[str | None]] | None) -> None:
        """Write some rows."""
        batch, names, group, options = unit.aside
        if self._writer is None:
            self._writer = library("pyarrow.parquet", _PART).ParquetWriter(
                self._sink, batch.schema, **options
            )
        if group != self._group or self._held_bytes >= _GROUP_BYTES:
            self._flush()
        self._group = group
        batch = batch if raw is None else _with_columns(batch, names, raw)
        self._held.append(batch)
        self._held_bytes += batch.nbytes

    def _flush(self) -> None:
        """Write what is held as one row group."""
        if self._held:
            table = library("pyarrow", _PART).Table.from_batches(self._held)
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._held, self._held_bytes = [], 0

    def close(self) -> None:
        """Write the last rows and the foot."""
        self._flush()
        if self._writer is not None:
            self._writer.close()


def _with_columns(batch: Any, names: Sequence[str], values: list[list[str | None]]) -> Any:  # noqa: ANN401
    """Return a batch with new values in some of its columns."""
    arrow = library("pyarrow", _PART)
    for name, column in zip(names, values, strict=True):
        at = batch.schema.get_field_index(name)
        field = batch.schema.field(at)
        batch = batch.set_column(at, field, arrow.array(column, type=arrow.string()).cast(field.type))
    return batch


@dataclass(frozen=True, slots=True)
class Parquet:
    """Reads a file some rows at a time.

    Parameters
    ----------
    fields
        Names of the columns to clean; their values are strings, plain, large or by dictionary.

    Examples
    --------
    >>> Parquet(("text",)).parse(Unit([["Good news."]], 1, hint=(("text",),))).texts
    ['Good news.']
    """

    fields: tuple[str, ...]

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield rows; a unit's number is that of its first row, from 1.

        Raises
        ------
        FormatError
            If it is no Parquet file, is damaged, or has no string column of a wanted name.
        """
        parquet, arrow = library("pyarrow.parquet", _PART), library("pyarrow", _PART)
        row = 1
        try:
            with _seekable(source) as seekable, parquet.ParquetFile(seekable, pre_buffer=False) as file:
                names = _string_columns(file.schema_arrow, self.fields)
                options = _options(file.metadata)
                for group in range(file.metadata.num_row_groups):
                    for batch in file.iter_batches(_ROWS, row_groups=[group], use_threads=False):
                        values = [batch.column(name).cast(arrow.string()).to_pylist() for name in names]
                        aside = (_like(batch, file.schema_arrow), names, group, options)
                        yield Unit(values, row, hint=(names,), aside=aside)
                        row += batch.num_rows
        except arrow.ArrowException as error:
            raise FormatError(f"not read as Parquet from row {row} on ({type(error).__name__})") from None

    def parse(self, unit: Unit) -> Columns:
        """Return the texts of some rows."""
        return Columns(unit.hint[0], tuple(tuple(column) for column in unit.raw))

    def open(self, sink: BinaryIO) -> _ParquetSink:
        """Return what writes to a file."""
        return _ParquetSink(sink)


@contextmanager
def _seekable(source: BinaryIO) -> Iterator[BinaryIO]:
    """Open a file that can be read from its end, by way of a nameless one where it is compressed."""
    if source.seekable():
        yield source
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(source, copy)
        yield copy


def _like(batch: Any, schema: Any) -> Any:  # noqa: ANN401
    """Return a batch with the file's schema and its metadata."""
    return batch if batch.schema.equals(schema, check_metadata=True) else batch.cast(schema)


def _string_columns(schema: Any, fields: Sequence[str]) -> tuple[str, ...]:  # noqa: ANN401
    """Return the wanted columns that there are."""
    types = library("pyarrow.types", _PART)
    names = []
    for name in fields:
        if name not in schema.names:
            continue
        kind = schema.field(name).type
        kind = kind.value_type if types.is_dictionary(kind) else kind
        if types.is_string(kind) or types.is_large_string(kind):
            names.append(name)
    if not names:
        raise FormatError(f"no column of strings is named {' or '.join(fields)}: name one with --field")
    return tuple(names)


def _options(metadata: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return how the file was written: compression of each column, version of the format."""
    options: dict[str, Any] = {"version": metadata.format_version, "store_schema": True}
    if metadata.num_row_groups:
        group = metadata.row_group(0)
        columns = [group.column(at) for at in range(group.num_columns)]
        options["compression"] = {one.path_in_schema: one.compression.lower() for one in columns}
    return options

"""Parquet: texts in named columns and their members; schema, metadata, row groups and compression kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from spamguard.batch.formats.columns import PART, Rows, Way, path_of, string_ways
from spamguard.batch.formats.paths import field_tree
from spamguard.batch.formats.physical import options_like, refuse_far_times
from spamguard.batch.formats.protocol import Unit, library
from spamguard.errors import FormatError
from spamguard.result import CleanResult

# Rows that are held at once, and bytes after which a row group is written although it has more rows.
_ROWS = 256
_GROUP_BYTES = 64_000_000
# Paths that an error names.
_MAX_OFFERED = 20


@dataclass(frozen=True, slots=True)
class Row:
    """The wanted texts of one row.

    Examples
    --------
    >>> Row((("text", "Good news."),)).texts
    ['Good news.']
    """

    named: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> Sequence[str]:
        """All values that are there, column by column."""
        return [text for _, text in self.named]

    @property
    def fields(self) -> Sequence[str]:
        """The path of each text."""
        return [name for name, _ in self.named]

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Return the results: offsets are into the value."""
        return results

    def write(self, results: Sequence[CleanResult]) -> list[str]:
        """Return the cleaned texts."""
        return [result.text for result in results]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands: among which rows, at which of them, in which row group."""

    rows: Rows
    at: int
    group: int
    options: dict[str, Any]


class _ParquetSink:
    """Writes rows in the row groups that they came in."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._writer: Any = None
        self._rows: Rows | None = None
        self._held: list[Any] = []
        self._held_bytes = 0
        self._group = 0

    def write(self, unit: Unit, raw: list[str] | None) -> None:
        """Write a row; the last of those that were read together writes them all."""
        place: _Place = unit.aside
        if raw is not None:
            place.rows.change(place.at, raw)
        if place.at == len(place.rows) - 1:
            self._hold(place)

    def _hold(self, place: _Place) -> None:
        """Hold rows until their row group is full."""
        batch = place.rows.written()
        if self._writer is None:
            writer = library("pyarrow.parquet", PART).ParquetWriter
            self._writer = writer(self._sink, batch.schema, **place.options)
        if place.group != self._group or self._held_bytes >= _GROUP_BYTES:
            self._flush()
        self._group = place.group
        self._held.append(batch)
        self._held_bytes += batch.nbytes

    def _flush(self) -> None:
        """Write what is held as one row group."""
        if self._held:
            table = library("pyarrow", PART).Table.from_batches(self._held)
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._held, self._held_bytes = [], 0

    def close(self) -> None:
        """Write the last rows and the foot."""
        self._flush()
        if self._writer is not None:
            self._writer.close()


@dataclass(frozen=True, slots=True)
class Parquet:
    """Reads a file some rows at a time.

    Parameters
    ----------
    fields
        Paths of the strings to clean: names of columns, or a column's and those of its members, joined by
        dots. Strings are plain, large, views or by dictionary; lists are cleaned element by element.

    Examples
    --------
    >>> Parquet(("text",)).parse(Unit([("text", "Good news.")], 1)).texts
    ['Good news.']
    """

    fields: tuple[str, ...]

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the rows, numbered from 1.

        Raises
        ------
        FormatError
            If it is no Parquet file, is damaged, has no strings at a wanted path, or could not be written
            as it is stored.
        """
        parquet, arrow = library("pyarrow.parquet", PART), library("pyarrow", PART)
        record = 0
        try:
            with _seekable(source) as seekable, parquet.ParquetFile(seekable, pre_buffer=False) as file:
                ways = _wanted(file.schema_arrow, self.fields)
                options = options_like(file)
                refuse_far_times(seekable, file)
                for group in range(file.metadata.num_row_groups):
                    for batch in file.iter_batches(_ROWS, row_groups=[group], use_threads=False):
                        rows = Rows(_like(batch, file.schema_arrow), ways)
                        for at in range(len(rows)):
                            record += 1
                            aside, fault = _Place(rows, at, group, options), rows.fault(at)
                            yield Unit(rows.of_row(at), record, is_text=not fault, fault=fault, aside=aside)
        except arrow.ArrowException as error:
            raise FormatError(
                f"not read as Parquet from row {record + 1} on ({type(error).__name__})"
            ) from None

    def parse(self, unit: Unit) -> Row:
        """Return the texts of a row."""
        return Row(tuple(unit.raw))

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


def _wanted(schema: Any, fields: Sequence[str]) -> list[tuple[int, Way]]:  # noqa: ANN401
    """Return the columns and the ways in them that lead to wanted strings."""
    # A column's whole name comes before the path that it could be as well.
    tree = field_tree([one.replace(".", r"\.") if one in schema.names else one for one in fields])
    found = [
        (at, way)
        for at, column in enumerate(schema)
        if column.name and column.name in tree
        for way in string_ways(column.type, tree[column.name])
    ]
    if not found:
        raise FormatError(
            f"no strings are at {' or '.join(fields)}: name with --field one of {_offer(schema)}"
        )
    return found


def _offer(schema: Any) -> str:  # noqa: ANN401
    """Return the paths of strings that there are, some of them if they are many."""
    paths = [
        path_of(column.name.replace(".", r"\."), column.type, way)
        for column in schema
        for way in string_ways(column.type, None)
    ]
    more = f" and {len(paths) - _MAX_OFFERED} more" if len(paths) > _MAX_OFFERED else ""
    return (
        ", ".join(paths[:_MAX_OFFERED]) + more
        if paths
        else "the columns of strings, in structs and lists too: there are none"
    )

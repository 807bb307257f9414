"""CSV and TSV: texts in named columns; all other cells and rows to the byte."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import BinaryIO

from spamguard.batch.encoding import Change, Encoded
from spamguard.batch.formats.joining import QUOTED, Lines, head_of, rows_of
from spamguard.batch.formats.lines import read_lines
from spamguard.batch.formats.plain import decoded
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, ByteSink, Unit
from spamguard.batch.mapping import Mapped
from spamguard.errors import FormatError
from spamguard.result import CleanResult

_DELIMITERS = ",;\t|"
# A cell larger than the csv module's own limit is an article like any other.
csv.field_size_limit(MAX_UNIT_BYTES)


class Row:
    """A row taken apart.

    Parameters
    ----------
    encoded
        The row with its line break.
    delimiter
        What stands between cells.
    columns
        Number and name of each column to clean, numbers from 0.

    Raises
    ------
    FormatError
        If its cells cannot be told apart.

    Examples
    --------
    >>> from spamguard.batch.encoding import decode
    >>> Row(decode(b'1,"Good ""old"" news"'), ",", [(1, "text")]).texts
    ['Good "old" news']
    """

    def __init__(self, encoded: Encoded, delimiter: str, columns: Sequence[tuple[int, str]]) -> None:
        self._encoded, self._delimiter = encoded, delimiter
        self._cells = _cells_of(encoded.text, delimiter)
        self._bounds = list(_bounds(encoded.text, delimiter))
        if [_mapped(encoded.text, bound).text for bound in self._bounds] != self._cells:
            raise FormatError("its cells cannot be told apart; left alone")
        present = [(at, name) for at, name in columns if at < len(self._cells)]
        self._columns = [at for at, _ in present]
        self.fields = [name for _, name in present]
        self.texts = [self._cells[at] for at in self._columns]

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Return the results: offsets are into the cell's text."""
        return results

    def write(self, results: Sequence[CleanResult]) -> bytes:
        """Return the row with the edits cut out of its cells."""
        changes = self._changes(results, quote=False)
        text = self._encoded.text
        for start, end, new in reversed(changes):
            text = text[:start] + new + text[end:]
        wanted = list(self._cells)
        for at, result in zip(self._columns, results, strict=True):
            wanted[at] = result.text
        # What is left of a bare cell can read as a quoted one: then it is quoted as a whole.
        faithful = _cells_of(text, self._delimiter) == wanted
        return self._encoded.replaced(changes if faithful else self._changes(results, quote=True))

    def _changes(self, results: Sequence[CleanResult], *, quote: bool) -> list[Change]:
        """Return the changes to the row, ascending."""
        changes: list[Change] = []
        for at, result in zip(self._columns, results, strict=True):
            bound = self._bounds[at]
            if quote and result.changed:
                changes.append((*bound, '"' + result.text.replace('"', '""') + '"'))
                continue
            mapped = _mapped(self._encoded.text, bound)
            changes += [
                (start, end, "")
                for edit in result.edits
                for start, end in mapped.ranges(edit.start, edit.end)
            ]
        return sorted(changes)


def _cells_of(row: str, delimiter: str) -> list[str]:
    """Return the cells as the csv module reads them."""
    try:
        return next(csv.reader(StringIO(row, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise FormatError(f"not read: {error}") from None


def _bounds(row: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Yield where each cell stands, quotation marks included."""
    end = len(row.rstrip("\r\n"))
    position = 0
    if not end:
        return
    while True:
        quoted = QUOTED.match(row, position)
        stop = row.find(delimiter, quoted.end() if quoted else position, end)
        yield position, stop if stop >= 0 else end
        if stop < 0:
            return
        position = stop + len(delimiter)


def _mapped(row: str, bound: tuple[int, int]) -> Mapped:
    """Return the text of a cell."""
    mapped, (position, end) = Mapped(), bound
    if not row.startswith('"', position) or end - position < 2:
        mapped.add(row[position:end], position, end)
        return mapped
    position, end = position + 1, end - 1
    while (at := row.find('""', position, end)) >= 0:
        mapped.add(row[position:at], position, at)
        mapped.add('"', at, at + 2)
        position = at + 2
    mapped.add(row[position:end], position, end)
    return mapped


@dataclass(frozen=True, slots=True)
class Delimited:
    r"""Reads a file row by row; the first row names the columns.

    Parameters
    ----------
    fields
        Names of the columns to clean.
    delimiter
        What stands between cells; by default what stands most often in the first row.
    encoding
        As for :func:`spamguard.batch.encoding.decode`.

    Examples
    --------
    >>> import io
    >>> [unit.raw for unit in Delimited(("text",)).read(io.BytesIO(b'id,text\n1,"a\nb"\n'))]
    [b'id,text\n', b'1,"a\nb"\n']
    """

    fields: tuple[str, ...]
    delimiter: str = ""
    encoding: str | None = None

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the rows, the head first, numbered from 1 as lines are.

        Raises
        ------
        FormatError
            If no column has a wanted name.
        """
        lines = Lines(read_lines(source, self.encoding, old_mac=True))
        first = lines.take()
        if first is None:
            return
        encoding = first.hint[0] if first.hint else self.encoding
        taken = head_of(lines, first, encoding)
        raw = b"".join(line.raw for line in taken)
        head = decoded(Unit(raw, hint=(encoding,)), encoding).text
        delimiter = self.delimiter or max(_DELIMITERS, key=QUOTED.sub("", head).count)
        names = _cells_of(head, delimiter)
        columns = [(at, name) for at, name in enumerate(names) if name in self.fields]
        if not columns:
            raise FormatError(f"no column is named {' or '.join(self.fields)}: name one with --field")
        yield Unit(raw, 1, is_text=False)
        n_cells = 1 + max(at for at, _ in columns)
        for unit in rows_of(
            lines, encoding, delimiter, lambda row: len(_cells_of(row, delimiter)) >= n_cells
        ):
            yield replace(unit, hint=(encoding, delimiter, columns))

    def parse(self, unit: Unit) -> Row:
        """Take a row apart."""
        encoding, delimiter, columns = unit.hint
        return Row(decoded(unit, encoding), delimiter, columns)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return ByteSink(sink)

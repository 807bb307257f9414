"""Strings inside columns of structs and lists: found by a path, read row by row, put back in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from spamguard.batch.formats.paths import LEAF, Tree
from spamguard.batch.formats.protocol import library

PART = "reading Parquet"
# The way from a column to its strings: numbers of members, None where it leads into a list's elements.
Way = tuple[int | None, ...]


def string_ways(kind: Any, tree: Tree | None) -> Iterator[Way]:  # noqa: ANN401  (Arrow's own)
    """Yield the ways to strings in a column.

    Parameters
    ----------
    kind
        The column's Arrow type.
    tree
        The wanted fields below it, from :func:`spamguard.batch.formats.paths.field_tree`; all if None.
    """
    types = library("pyarrow.types", PART)
    if _is_string(kind):
        if tree is None or LEAF in tree:
            yield ()
    elif types.is_struct(kind):
        for at in range(kind.num_fields):
            name = kind.field(at).name
            if tree is None or (name and name in tree):
                below = None if tree is None else tree[name]
                yield from ((at, *way) for way in string_ways(kind.field(at).type, below))
    elif is_list(kind):
        yield from ((None, *way) for way in string_ways(kind.value_type, tree))


def path_of(name: str, kind: Any, way: Way) -> str:  # noqa: ANN401  (Arrow's own)
    """Return the path of a column's strings as a user would name them."""
    for step in way:
        if step is None:
            kind = kind.value_type
        else:
            name = f"{name}.{kind.field(step).name}"
            kind = kind.field(step).type
    return name


def _is_string(kind: Any) -> bool:  # noqa: ANN401  (Arrow's own)
    """Whether a type is of strings: plain, large, views, or by dictionary."""
    types = library("pyarrow.types", PART)
    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def is_list(kind: Any) -> bool:  # noqa: ANN401  (Arrow's own)
    """Whether a type is of lists, of any lengths or of one."""
    types = library("pyarrow.types", PART)
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


@dataclass(slots=True)
class Strings:
    """The strings at the end of one way, through some rows.

    Parameters
    ----------
    column
        Number of the column.
    way
        The way in it.
    values, names
        Each string, None where there is none, and its path with the numbers of elements in it. Bytes that
        are no UTF-8 stay bytes.
    bounds
        Where each row's strings begin; one more at the end.

    Examples
    --------
    >>> strings = Strings(0, (), ["Good news.", None], ["text", "text"], [0, 1, 2])
    >>> strings.of_row(0), strings.of_row(1)
    ([('text', 'Good news.')], [])
    """

    column: int
    way: Way
    values: list[str | bytes | None]
    names: list[str]
    bounds: Sequence[int]

    @classmethod
    def read(cls, batch: Any, column: int, way: Way) -> Strings:  # noqa: ANN401  (Arrow's own)
        """Read the strings of a batch of rows."""
        array = batch.column(column)
        names = [batch.schema.field(column).name] * len(array)
        bounds = list(range(len(array) + 1))
        for step in way:
            if step is None:
                starts, array = _elements(array)
                names = [
                    f"{name}.{number}"
                    for at, name in enumerate(names)
                    for number in range(starts[at + 1] - starts[at])
                ]
                bounds = [starts[bound] for bound in bounds]
            else:
                inner = array.type.field(step).name
                names, array = [f"{name}.{inner}" for name in names], array.field(step)
        return cls(column, way, _values(array), names, bounds)

    def of_row(self, row: int) -> list[tuple[str, str]]:
        """Return the path and the value of each string that a row has."""
        return [
            (self.names[at], value) for at in self._places(row) if isinstance(value := self.values[at], str)
        ]

    def unread(self, row: int) -> str:
        """Return the path of a row's first value that is no text; empty if there is none."""
        return next((self.names[at] for at in self._places(row) if isinstance(self.values[at], bytes)), "")

    def change(self, row: int, values: Iterator[str]) -> None:
        """Take new values for the strings that a row has."""
        for at in self._places(row):
            if self.values[at] is not None:
                self.values[at] = next(values)

    def _places(self, row: int) -> range:
        """Return the places of a row's strings."""
        return range(self.bounds[row], self.bounds[row + 1])


class Rows:
    """Some rows, of which texts are read and changed.

    Parameters
    ----------
    batch
        The rows, as Arrow has them.
    ways
        Number of the column and way in it for all that is wanted.
    """

    def __init__(self, batch: Any, ways: Sequence[tuple[int, Way]]) -> None:  # noqa: ANN401  (Arrow's own)
        self._batch = batch
        self._strings = [Strings.read(batch, column, way) for column, way in ways]
        self._is_changed = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._batch.num_rows)

    def of_row(self, row: int) -> list[tuple[str, str]]:
        """Return the path and the value of each text of a row."""
        return list(chain.from_iterable(strings.of_row(row) for strings in self._strings))

    def fault(self, row: int) -> str:
        """Say why a row is left alone; nothing where it is not."""
        name = next(filter(None, (strings.unread(row) for strings in self._strings)), "")
        return f"a value of {name} is not UTF-8 text; left alone" if name else ""

    def change(self, row: int, values: Sequence[str]) -> None:
        """Take new values for all texts of a row."""
        left = iter(values)
        for strings in self._strings:
            strings.change(row, left)
        self._is_changed = True

    def written(self) -> Any:  # noqa: ANN401  (Arrow's own)
        """Return the rows with what was changed in them."""
        batch = self._batch
        for strings in self._strings if self._is_changed else ():
            field = batch.schema.field(strings.column)
            array = _put(batch.column(strings.column), strings.way, strings.values)
            batch = batch.set_column(strings.column, field, array)
        return batch


def _elements(array: Any) -> tuple[list[int], Any]:  # noqa: ANN401  (Arrow's own)
    """Return where each list begins among the elements, and the elements of them all."""
    if library("pyarrow.types", PART).is_fixed_size_list(array.type):
        size = array.type.list_size
        starts = [at * size for at in range(array.offset, array.offset + len(array) + 1)]
    else:
        starts = array.offsets.to_pylist()
    first, last = starts[0], starts[-1]
    return [start - first for start in starts], array.values.slice(first, last - first)


def _values(array: Any) -> list[str | bytes | None]:  # noqa: ANN401  (Arrow's own)
    """Return the values of an array of strings; those that are no UTF-8 as bytes."""
    arrow = library("pyarrow", PART)
    strings = array.cast(arrow.string())
    try:
        values: list[str | bytes | None] = strings.to_pylist()
    except UnicodeDecodeError:
        values = [_text_or_bytes(value) for value in strings.cast(arrow.binary()).to_pylist()]
    return values


def _text_or_bytes(value: bytes | None) -> str | bytes | None:
    """Return the text that some bytes are, or the bytes."""
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


def _strings(values: list[str | bytes | None], kind: Any) -> Any:  # noqa: ANN401  (Arrow's own)
    """Return an array of values; bytes that are no UTF-8 stand in it as they came."""
    arrow = library("pyarrow", PART)
    if not any(isinstance(value, bytes) for value in values):
        return arrow.array(values, type=arrow.string()).cast(kind)
    raw = arrow.array(
        [value.encode() if isinstance(value, str) else value for value in values], type=arrow.binary()
    )
    return raw.cast(arrow.string(), safe=False).cast(kind, safe=False)


def _put(array: Any, way: Way, values: list[str | bytes | None]) -> Any:  # noqa: ANN401  (Arrow's own)
    """Return an array with other strings at the end of a way."""
    arrow = library("pyarrow", PART)
    if not way:
        return _strings(values, array.type)
    mask = array.is_null() if array.null_count else None
    if way[0] is None:
        starts, elements = _elements(array)
        if library("pyarrow.types", PART).is_fixed_size_list(array.type):
            inner = _put(elements, way[1:], values)
            return arrow.FixedSizeListArray.from_arrays(inner, type=array.type, mask=mask)
        large = library("pyarrow.types", PART).is_large_list(array.type)
        lists = arrow.LargeListArray if large else arrow.ListArray
        offsets = arrow.array(starts, type=arrow.int64() if large else arrow.int32())
        return lists.from_arrays(offsets, _put(elements, way[1:], values), type=array.type, mask=mask)
    members = [array.field(at) for at in range(array.type.num_fields)]
    members[way[0]] = _put(members[way[0]], way[1:], values)
    return arrow.StructArray.from_arrays(members, fields=list(array.type), mask=mask)

"""JSON lines: texts in named fields; all else in a line, and every line without spam, to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from spamguard.batch.encoding import Change, Encoded
from spamguard.batch.formats.lines import read_lines
from spamguard.batch.formats.paths import LEAF, Tree, field_tree
from spamguard.batch.formats.plain import decoded
from spamguard.batch.formats.protocol import ByteSink, Unit
from spamguard.batch.mapping import Mapped
from spamguard.errors import FormatError
from spamguard.result import CleanResult
from spamguard.spans import Interval

# Numbers stay as they are written: they need no reading, and a long one no time.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)


class Literal(NamedTuple):
    """A string of a line: its path, its value, and where it stands, quotes included.

    Examples
    --------
    >>> Literal("text", "Good news.", (9, 21)).value
    'Good news.'
    """

    name: str
    value: str
    place: Interval


class _Scan:
    """One walk over a line, stopping at the fields that are wanted."""

    def __init__(self, line: str, key: str) -> None:
        self.line, self._key = line, key
        self.literals: list[Literal] = []
        self.last_member_end = self.object_end = -1
        self.key_value: Interval | None = None

    def walk(self, tree: Tree) -> None:
        """Walk over all of the line."""
        start = self._skip(0)
        end = self._value(start, tree, "")
        if self.line[start : start + 1] == "{":
            self.object_end = end - 1
        if self._skip(end) != len(self.line):
            raise json.JSONDecodeError("more than one value", self.line, end)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.line, at)
        return found.end() if found else at

    def _value(self, at: int, tree: Tree | None, name: str) -> int:
        """Walk over a value; return where it ends."""
        first = self.line[at : at + 1]
        if tree is not None and first == "{":
            return self._object(at, tree, name)
        if tree is not None and first == "[":
            return self._array(at, tree, name)
        value, end = _DECODER.raw_decode(self.line, at)
        if tree and first == '"' and LEAF in tree:
            self.literals.append(Literal(name, value, (at, end)))
        return end

    def _object(self, at: int, tree: Tree, name: str) -> int:
        """Walk over the members of an object."""
        at = self._skip(at + 1)
        if self.line[at : at + 1] == "}":
            return at + 1
        while True:
            if self.line[at : at + 1] != '"':
                raise json.JSONDecodeError("a member's name expected", self.line, at)
            key, at = _DECODER.raw_decode(self.line, at)
            at = self._skip(self._expect(self._skip(at), ":"))
            start = at
            at = self._value(at, tree.get(key) if key else None, f"{name}.{key}" if name else key)
            if not name:
                self.last_member_end = at
                self.key_value = (start, at) if key == self._key else self.key_value
            at = self._skip(at)
            if self.line[at : at + 1] == "}":
                return at + 1
            at = self._skip(self._expect(at, ","))

    def _array(self, at: int, tree: Tree, name: str) -> int:
        """Walk over the elements of an array."""
        at, number = self._skip(at + 1), 0
        if self.line[at : at + 1] == "]":
            return at + 1
        while True:
            at = self._skip(self._value(at, tree, f"{name}.{number}"))
            number += 1
            if self.line[at : at + 1] == "]":
                return at + 1
            at = self._skip(self._expect(at, ","))

    def _expect(self, at: int, sign: str) -> int:
        if self.line[at : at + 1] != sign:
            raise json.JSONDecodeError(f"{sign!r} expected", self.line, at)
        return at + 1


def _mapped(line: str, place: Interval) -> Mapped:
    """Return the text of a string literal with the way back to the line."""
    mapped, position, end = Mapped(), place[0] + 1, place[1] - 1
    for found in _ESCAPE.finditer(line, position, end):
        start, behind = found.span()
        if start > position:
            mapped.add(line[position:start], position, start)
        escape = found[0]
        # By far the most are of this kind, and the decoder costs ten times as much.
        value = chr(int(escape[2:], 16)) if len(escape) == 6 else json.loads(f'"{escape}"')
        mapped.add(value, start, behind)
        position = behind
    mapped.add(line[position:end], position, end)
    return mapped


class Line:
    r"""A line taken apart.

    Parameters
    ----------
    encoded
        The line with its line break.
    tree
        The fields, from :func:`spamguard.batch.formats.paths.field_tree`.
    key
        Where edits and spans are written; nowhere if empty.

    Raises
    ------
    FormatError
        If the line is not JSON; the message names the character, from 1.

    Examples
    --------
    >>> from spamguard.batch.encoding import decode
    >>> Line(decode(b'{"id": 1, "text": "Good\\u0020news."}'), field_tree(["text"])).texts
    ['Good news.']
    """

    def __init__(self, encoded: Encoded, tree: Tree, key: str = "") -> None:
        self._encoded, self._key = encoded, key
        self._scan = _Scan(encoded.text, key)
        try:
            self._scan.walk(tree)
        except json.JSONDecodeError as error:
            raise FormatError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
        except RecursionError:
            raise FormatError("not read: nested too deep") from None
        self.fields = [literal.name for literal in self._scan.literals]
        self.texts = [literal.value for literal in self._scan.literals]

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Return the results: offsets are into the field's text."""
        return results

    def write(self, results: Sequence[CleanResult]) -> bytes:
        """Return the line with the edits cut out of its fields, and noted under the key.

        Raises
        ------
        FormatError
            If the key is taken by something else than such notes.
        """
        changes: list[Change] = [
            (start, end, "")
            for literal, result in zip(self._scan.literals, results, strict=True)
            if result.changed
            for mapped in [_mapped(self._scan.line, literal.place)]
            for edit in result.edits
            for start, end in mapped.ranges(edit.start, edit.end)
        ]
        return self._encoded.replaced(sorted([*changes, *self._notes(results)]))

    def _notes(self, results: Sequence[CleanResult]) -> list[Change]:
        """Return the change that writes edits and spans under the key."""
        scan = self._scan
        if not self._key or scan.object_end < 0:
            return []
        notes = json.dumps(
            [_note(*pair) for pair in zip(self.fields, results, strict=True) if pair[1].changed]
        )
        if scan.key_value is None:
            at = scan.last_member_end
            return [(at, at, f", {json.dumps(self._key)}: {notes}")]
        start, end = scan.key_value
        earlier = scan.line[start:end]
        if not earlier.startswith('[{"field": '):
            raise FormatError(f"the key {self._key!r} is taken; left alone: name another")
        return [(end - 1, end - 1, f", {notes[1:-1]}")]


def _note(field: str, result: CleanResult) -> dict[str, Any]:
    """Return what a line says of the cleaning of one of its fields."""
    told = result.to_dict()
    return {"field": field, "spans": told["spans"], "edits": told["edits"]}


@dataclass(frozen=True, slots=True)
class JsonLines:
    r"""Reads a file line by line.

    Parameters
    ----------
    fields
        Names of the fields to clean; a dot leads into objects, arrays are cleaned element by element.
    key
        Name under which a changed line notes its spans and edits; empty for none.
    encoding
        As for :func:`spamguard.batch.encoding.decode`.

    Examples
    --------
    >>> import io
    >>> [unit.record for unit in JsonLines(("text",)).read(io.BytesIO(b'{}\n{}'))]
    [1, 2]
    """

    fields: tuple[str, ...]
    key: str = ""
    encoding: str | None = None

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the lines, numbered from 1."""
        yield from read_lines(source, self.encoding)

    def parse(self, unit: Unit) -> Line:
        """Take a line apart."""
        return Line(decoded(unit, unit.hint[0]), field_tree(self.fields), self.key)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return ByteSink(sink)

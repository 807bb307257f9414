"""Reads the fields of records that came from outside; a fault names file, line, field and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spamguard.errors import InputError

# Labels are the work of people: a larger file is no label file.
MAX_FILE_BYTES = 512 * 1024 * 1024
_KINDS = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one object, and where it stands.

    Parameters
    ----------
    values
        Anything that JSON can hold.
    place
        File and line, and the field that holds the object.

    Examples
    --------
    >>> Fields({"text": "good"}, "labels.jsonl, line 1").string("text")
    'good'
    """

    values: dict[str, Any]
    place: str

    def string(self, name: str, default: str | None = None) -> str:
        """Return a string; null and a missing field stand for the default, if there is one."""
        found: str = self._of(name, str, default)
        return found

    def text(self, name: str) -> str:
        """Return the labelled text itself, from whichever field the caller named."""
        if name not in self.values:
            raise InputError(
                f"{self.place}: field {name!r} is missing; it must be a string; where another field holds "
                f"the text, say so with --text-field"
            )
        return self.string(name)

    def number(self, name: str) -> int:
        """Return a whole number from 0."""
        found: int = self._of(name, int, None)
        if found < 0:
            raise self.fault(name, "a whole number from 0", found)
        return found

    def items(self, name: str) -> list[Any]:
        """Return a list; null and a missing field stand for an empty one."""
        found: list[Any] = self._of(name, list, [])
        return found

    def inner(self, name: str) -> Fields:
        """Return an object that a field holds."""
        return Fields(self._of(name, dict, None), f"{self.place}, field {name!r}")

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the objects of a list."""
        for number, value in enumerate(self.items(name)):
            yield as_object(value, f"{self.place}, field {name!r}, item {number}")

    def fault(self, name: str, allowed: str, found: object) -> InputError:
        """Return the error that names a field; texts are not quoted, only their kind is named."""
        shown = repr(found) if isinstance(found, int | float) else type(found).__name__
        return InputError(f"{self.place}: field {name!r} must be {allowed}, got {shown}")

    def _of(self, name: str, kind: type, default: Any) -> Any:  # noqa: ANN401  (JSON is anything)
        """Return a field of one kind."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if value is None and name not in self.values:
            raise InputError(f"{self.place}: field {name!r} is missing; it must be {_KINDS[kind]}")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fault(name, _KINDS[kind], value)
        return value


def as_object(value: object, place: str) -> Fields:
    """Make sure that a value is an object.

    Raises
    ------
    InputError
        If it is not.
    """
    if not isinstance(value, dict):
        raise InputError(f"{place}: must be an object, got {type(value).__name__}")
    return Fields(value, place)


def read_bytes(path: Path) -> bytes:
    """Read a file of labels.

    Raises
    ------
    InputError
        If it is missing, no file or too large.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes, no file of labels")
    return path.read_bytes()


def json_lines(path: Path, read: Callable[[Path], bytes] = read_bytes) -> Iterator[Fields]:
    """Yield the objects of a file of JSON lines.

    Parameters
    ----------
    path
        The file.
    read
        Gives its content.

    Raises
    ------
    InputError
        At the first line that is none.
    """
    for number, line in enumerate(read(path).split(b"\n"), start=1):
        if line.strip():
            place = f"{path}, line {number}"
            yield as_object(parsed(line, place), place)


def json_list(path: Path) -> Iterator[Fields]:
    """Yield the objects of a file that is one JSON list.

    Raises
    ------
    InputError
        If it is no such file.
    """
    found = parsed(read_bytes(path), str(path))
    if not isinstance(found, list):
        raise InputError(f"{path}: must be a JSON list of objects, got {type(found).__name__}")
    for number, value in enumerate(found):
        yield as_object(value, f"{path}, item {number}")


def parsed(content: bytes, place: str) -> object:
    """Read JSON.

    Raises
    ------
    InputError
        If it is none; the message says where and why, and quotes nothing.
    """
    try:
        value: object = json.loads(content.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8 JSON: byte {error.start} is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not UTF-8 JSON: {error.msg}, {_where(error)}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not UTF-8 JSON: {type(error).__name__}") from None
    return value


def _where(error: json.JSONDecodeError) -> str:
    """Return the place of a fault, with its line where there is more than one."""
    line = f"line {error.lineno}, " if "\n" in error.doc.strip() else ""
    return f"{line}column {error.colno}"

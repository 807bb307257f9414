"""What a format is: units out of a file, texts out of a unit, and both ways back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from spamguard.errors import MissingExtraError
from spamguard.result import CleanResult

# A record beyond this is left alone, so that one broken file cannot fill the memory.
MAX_UNIT_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Unit:
    """The next piece of a file: one document, or something between documents.

    Parameters
    ----------
    raw
        The piece as it came; it is written like this where nothing is found in it.
    record
        Its number in the file, from 1: a line, row or record; None where the file is one document.
    is_text
        Whether there may be texts in it.
    hint
        What the reader learnt from the file's head and :meth:`Format.parse` needs.
    fault
        Why it is left alone although texts were expected in it.
    aside
        What only the writer needs; it does not travel to a worker.

    Examples
    --------
    >>> Unit(b"Good news.").record is None
    True
    """

    raw: Any
    record: int | None = None
    is_text: bool = True
    hint: tuple[Any, ...] = ()
    fault: str = ""
    aside: Any = None


class Document(Protocol):
    """A unit taken apart."""

    @property
    def texts(self) -> Sequence[str]:
        """What to clean."""
        ...

    @property
    def fields(self) -> Sequence[str]:
        """The name of each text; empty where the document has but one."""
        ...

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Tell the results as a reader of the file would, where that is another thing."""
        ...

    def write(self, results: Sequence[CleanResult]) -> Any:  # noqa: ANN401  (bytes, or columns)
        """Return the unit's new form; the results are located ones.

        Raises
        ------
        FormatError
            If the format cannot hold the result.
        """
        ...


class Sink(Protocol):
    """Where units are written, in order."""

    def write(self, unit: Unit, raw: Any) -> None:  # noqa: ANN401  (what the document's write returned)
        """Write a unit; ``raw`` is its new form, None where it stays as it came."""
        ...

    def close(self) -> None:
        """Write what stands at the end; the file itself stays open."""
        ...


class Format(Protocol):
    """One file format; small, and without state, so that it travels to workers."""

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the units of a file; the file's bytes are those of all units.

        Raises
        ------
        FormatError
            If the file is not in this format from some place on.
        """
        ...

    def parse(self, unit: Unit) -> Document:
        """Take a unit apart.

        Raises
        ------
        FormatError
            If it is not in this format; the message says where in the unit.
        """
        ...

    def open(self, sink: BinaryIO) -> Sink:
        """Return what writes to a file."""
        ...


class ByteSink:
    """Writes units that are bytes.

    Examples
    --------
    >>> import io
    >>> sink = ByteSink(out := io.BytesIO())
    >>> sink.write(Unit(b"as it came"), None)
    >>> out.getvalue()
    b'as it came'
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def write(self, unit: Unit, raw: bytes | None) -> None:
        """Write a unit."""
        self._sink.write(unit.raw if raw is None else raw)

    def close(self) -> None:
        """Nothing stands at the end."""


def library(name: str, part: str) -> Any:  # noqa: ANN401  (a module)
    """Import a library of the extra `formats`.

    Parameters
    ----------
    name
        The module.
    part
        What it is for, in the user's words, such as ``"reading Parquet"``.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise MissingExtraError(part, "formats") from None

"""Errors that a library did not promise, told as a fault of the file or record that it was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from spamguard.batch.formats.protocol import Document, Format, Sink, Unit
from spamguard.errors import FormatError, SpamguardError


@contextmanager
def foreign_errors(failed: str) -> Iterator[None]:
    """Turn any error that is not one of ours or the system's into one of the format.

    Parameters
    ----------
    failed
        What could not be done, such as ``"not read"``.

    Raises
    ------
    FormatError
        Names the kind of the error and not its message, which may quote the text.
    """
    try:
        yield
    except SpamguardError:
        raise
    except Exception as error:
        # Arrow says so of damaged data, too; what the system says has a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FormatError(f"{failed} ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class Shielded:
    """A format whose libraries may fail in ways of their own on what they are given.

    Parameters
    ----------
    format
        The format itself.

    Examples
    --------
    >>> from spamguard.batch.formats.plain import Plain
    >>> Shielded(Plain()).parse(Unit(b"Good news.")).texts
    ('Good news.',)
    """

    format: Format

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the units of a file.

        Raises
        ------
        FormatError
            If the file is not in this format from some place on.
        """
        record: int | None = None
        units = iter(self.format.read(source))
        while True:
            with foreign_errors(f"not read behind record {record}" if record else "not read"):
                unit = next(units, None)
            if unit is None:
                return
            record = unit.record
            yield unit

    def parse(self, unit: Unit) -> Document:
        """Take a unit apart.

        Raises
        ------
        FormatError
            If it is not in this format.
        """
        with foreign_errors("not read"):
            return self.format.parse(unit)

    def open(self, sink: BinaryIO) -> Sink:
        """Return what writes to a file."""
        return self.format.open(sink)

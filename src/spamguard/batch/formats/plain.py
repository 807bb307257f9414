"""Plain text and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from spamguard.batch.encoding import Encoded, decode, sniff
from spamguard.batch.formats.protocol import ByteSink, Unit
from spamguard.errors import FormatError
from spamguard.result import CleanResult

# A longer file is no article but a collection: it is read in stretches that end with a line.
STRETCH_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """One text that is all of its unit.

    Examples
    --------
    >>> Text(decode(b"Good news.")).texts
    ('Good news.',)
    """

    encoded: Encoded
    fields: Sequence[str] = ("",)

    @property
    def texts(self) -> Sequence[str]:
        """The whole unit."""
        return (self.encoded.text,)

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Return the results: text and file are the same."""
        return results

    def write(self, results: Sequence[CleanResult]) -> bytes:
        """Return the bytes without what the edits took."""
        return self.encoded.without([(edit.start, edit.end) for edit in results[0].edits])


def decoded(unit: Unit, encoding: str | None, *, is_sniffed: bool = False) -> Encoded:
    """Return a unit's text.

    Parameters
    ----------
    unit
        One whose ``raw`` is bytes.
    encoding
        As for :func:`spamguard.batch.encoding.decode`.
    is_sniffed
        Whether the encoding is the one that the file's head showed, as in a unit with a hint.

    Raises
    ------
    FormatError
        If it is no text.
    """
    encoded = decode(unit.raw, encoding, is_sniffed=is_sniffed or bool(unit.hint))
    if encoded is None:
        raise FormatError(f"not {(encoding or 'utf-8').upper()} text")
    return encoded


@dataclass(frozen=True, slots=True)
class Plain:
    """Reads a file as one text; beyond 8 MB in stretches of whole lines.

    Parameters
    ----------
    encoding
        As for :func:`spamguard.batch.encoding.decode`.

    Examples
    --------
    >>> import io
    >>> [unit.record for unit in Plain().read(io.BytesIO(b"Good news."))]
    [None]
    """

    encoding: str | None = None

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the file, or its stretches, numbered from 1."""
        raw = source.read(STRETCH_BYTES)
        if len(raw) < STRETCH_BYTES:
            yield Unit(raw)
            return
        encoding = sniff(raw)[0] or self.encoding
        for number, stretch in enumerate(_stretches(source, raw, "\n".encode(encoding or "ascii")), 1):
            yield Unit(stretch, number, hint=(encoding,))

    def parse(self, unit: Unit) -> Text:
        """Decode a unit."""
        return Text(decoded(unit, unit.hint[0] if unit.hint else self.encoding))

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return ByteSink(sink)


def _stretches(source: BinaryIO, raw: bytes, line_end: bytes) -> Iterator[bytes]:
    """Cut a long file into stretches of whole lines; the first block is read already."""
    while raw:
        more = source.read(STRETCH_BYTES)
        cut = _last_line_end(raw, line_end) if more else len(raw)
        yield raw[:cut]
        raw = raw[cut:] + more


def _last_line_end(raw: bytes, line_end: bytes) -> int:
    """Return where the last line of a block ends; the block's length if no line does."""
    at = raw.rfind(line_end)
    while at % len(line_end) and at > 0:
        at = raw.rfind(line_end, 0, at + len(line_end) - 1)
    return at + len(line_end) if at >= 0 else len(raw) - len(raw) % 4

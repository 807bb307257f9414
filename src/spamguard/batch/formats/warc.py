"""WARC and WET: pages and texts of a crawl; all other records, and those without spam, to the byte."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, cast

from spamguard.batch.encoding import check_encoding
from spamguard.batch.formats.block import CODINGS, check_digest, content_of, with_digest, with_header
from spamguard.batch.formats.foreign import foreign_errors
from spamguard.batch.formats.framing import Frame, Window, plain_frames, size_of
from spamguard.batch.formats.html import Page, page_of
from spamguard.batch.formats.members import GZIP, is_one_stream, member_frames
from spamguard.batch.formats.plain import Text, decoded
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, ByteSink, Unit, library
from spamguard.batch.packing import unpacked
from spamguard.errors import FormatError, InputError
from spamguard.result import CleanResult

_PART = "reading WARC"
# Marks the records of a file that is compressed as a whole.
_STREAM = "stream"
_END = b"\r\n\r\n"
_HTML = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = (*_HTML, "text/plain")
_RECORDS = ("response", "resource", "conversion")
_CODING = re.compile(r"[a-z0-9-]{1,20}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Record:
    """A record of a crawl taken apart.

    Parameters
    ----------
    raw
        The record as it stands in the file.
    encoding
        What texts are read as that do not say themselves.

    Raises
    ------
    FormatError
        If the record is damaged, or its content is no text.
    """

    fields: Sequence[str] = ("",)

    def __init__(self, raw: bytes, encoding: str | None) -> None:
        self._zipped = raw.startswith(GZIP)
        self._raw = zlib.decompressobj(31).decompress(raw) if self._zipped else raw
        self._end = size_of(self._raw)
        record = _parsed(self._raw)
        body = record.raw_stream.read()
        self._head_end = self._raw.index(_END) + len(_END)
        self._http = self._raw[self._head_end : self._end - len(body)]
        payload, self._coding = content_of(body, record.http_headers)
        kind, charset = _content(record)
        self._body: Page | Text = (
            page_of(payload, charset or encoding)
            if kind in _HTML
            else Text(decoded(Unit(payload), charset or encoding))
        )
        self.texts = self._body.texts

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Tell the cleaning as one of the record's content."""
        return self._body.locate(results)

    def write(self, results: Sequence[CleanResult]) -> bytes:
        """Return the record with its new content; lengths and digests follow, all else stays.

        Raises
        ------
        FormatError
            If the record is not what its digest says.
        """
        head, block = self._raw[: self._head_end], self._raw[self._head_end : self._end]
        check_digest(head, b"WARC-Block-Digest", block)
        payload, http = self._body.write(results), self._http
        if http:
            payload = gzip.compress(payload, mtime=0) if self._coding == "gzip" else payload
            http = re.sub(rb"(?im)^transfer-encoding:[^\r\n]*\r\n", b"", http)
            http = with_header(http, b"Content-Length", b"%d" % len(payload))
        block = http + payload
        head = with_header(head, b"Content-Length", b"%d" % len(block))
        head = with_digest(head, b"WARC-Block-Digest", block)
        head = with_digest(head, b"WARC-Payload-Digest", payload)
        raw = head + block + self._raw[self._end :]
        return gzip.compress(raw, mtime=0) if self._zipped else raw


def _parsed(raw: bytes) -> Any:  # noqa: ANN401
    """Return a record of the library's."""
    with foreign_errors("not read as a WARC record"):
        return next(iter(library("warcio.archiveiterator", _PART).ArchiveIterator(BytesIO(raw))))


def _content(record: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """Return the type and the declared encoding of a record's content."""
    headers = record.http_headers or record.rec_headers
    declared = (headers.get_header("Content-Type") or "") if headers else ""
    found = _CHARSET.search(declared)
    try:
        charset = check_encoding(found[1]) if found else None
    except InputError:
        charset = None
    return declared.partition(";")[0].strip().lower(), None if charset == "utf-8" else charset


def _objection(frame: Frame) -> tuple[bool, str]:
    """Say whether a record holds a page or a text, and why one that does is not read."""
    if not frame.content:
        return False, frame.fault
    try:
        record = _parsed(frame.content)
    except FormatError as error:
        return False, frame.fault or str(error)
    if record.rec_type not in _RECORDS or _content(record)[0] not in _TEXT_TYPES:
        return False, frame.fault
    return True, frame.fault or _why_not(record, is_large=frame.is_large)


def _why_not(record: Any, *, is_large: bool) -> str:  # noqa: ANN401
    """Say why a text is not read; nothing where it is."""
    if is_large:
        return f"a record of more than {MAX_UNIT_BYTES:,} bytes; left alone"
    if record.rec_headers.get_header("WARC-Segment-Number"):
        return "a part of a longer record; left alone"
    headers = record.http_headers
    coding = ((headers.get_header("Content-Encoding") or "") if headers else "").strip().lower()
    if coding in CODINGS:
        return ""
    named = f" {coding}" if _CODING.fullmatch(coding) else ""
    return f"its Content-Encoding{named} is not read; left alone"


class _WarcSink(ByteSink):
    """Writes records; those of a file that is compressed as a whole as one stream again."""

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__(sink)
        self._stream: gzip.GzipFile | None = None

    def write(self, unit: Unit, raw: bytes | None) -> None:
        """Write a record."""
        if unit.aside == _STREAM and self._stream is None:
            self._stream = gzip.GzipFile("", "wb", 6, self._sink, mtime=0)
            self._sink = cast(BinaryIO, self._stream)
        super().write(unit, raw)

    def close(self) -> None:
        """End the stream."""
        if self._stream is not None:
            self._stream.close()


@dataclass(frozen=True, slots=True)
class Warc:
    """Reads a file record by record: plain, in a gzip member each, or compressed with gzip as a whole.

    Parameters
    ----------
    encoding
        What texts are read as that do not say themselves.

    Examples
    --------
    >>> Warc().encoding is None
    True
    """

    encoding: str | None = None

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the records, numbered from 1; large ones in pieces. A damaged one has a fault.

        Raises
        ------
        FormatError
            If there is no record in it.
        """
        window, aside = Window(source), None
        frames = plain_frames
        if window.fill(len(GZIP)) and window.held.startswith(GZIP):
            frames = member_frames
            if is_one_stream(window):
                window, aside, frames = Window(unpacked(cast(BinaryIO, window), ".gz")), _STREAM, plain_frames
        number, is_warc = 0, False
        for frame in frames(window):
            number += frame.is_first
            is_warc = is_warc or bool(frame.content)
            is_text, fault = _objection(frame)
            yield Unit(frame.raw, max(1, number), is_text=is_text and not fault, fault=fault, aside=aside)
        if number and not is_warc:
            raise FormatError("not read as WARC: there is no record in it")

    def parse(self, unit: Unit) -> Record:
        """Take a record apart."""
        return Record(unit.raw, self.encoding)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return _WarcSink(sink)

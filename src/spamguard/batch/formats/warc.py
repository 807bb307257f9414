"""WARC and WET: pages and texts of a crawl; all other records, and those without spam, to the byte."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from spamguard.batch.encoding import check_encoding
from spamguard.batch.formats.html import Page, page_of
from spamguard.batch.formats.plain import Text, decoded
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, ByteSink, Unit, library
from spamguard.errors import FormatError, InputError
from spamguard.result import CleanResult

_PART = "reading WARC"
_PIECE_BYTES = 1_000_000
# What the reader may have taken from the file beyond the record that it is in.
_AHEAD_BYTES = 65_536
_END = b"\r\n\r\n"
_HTML = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = (*_HTML, "text/plain")
_RECORDS = ("response", "resource", "conversion")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class _Tape:
    """A file that remembers what was read of it and not yet taken."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._held = bytearray()
        self._held_from = self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        raw = self._source.read(size)
        self._held += raw
        self._position += len(raw)
        return raw

    def tell(self) -> int:
        """Return how much was read."""
        return self._position

    def take(self, end: int) -> bytes:
        """Return what was read from the last end up to this one, and forget it."""
        n_bytes = max(0, end - self._held_from)
        raw = bytes(self._held[:n_bytes])
        del self._held[:n_bytes]
        self._held_from += n_bytes
        return raw


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
        self._zipped = raw[:2] == b"\x1f\x8b"
        self._raw = zlib.decompressobj(31).decompress(raw, 2 * MAX_UNIT_BYTES) if self._zipped else raw
        record = _parsed(self._raw)
        self._http = record.http_headers
        self._length = int(record.rec_headers.get_header("Content-Length"))
        payload = _bounded(record.content_stream())
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
        """Return the record with its new content; lengths and digests follow, all else stays."""
        payload = self._body.write(results)
        head, _, rest = self._raw.partition(_END)
        http = b""
        if self._http:
            http = rest.partition(_END)[0] + _END
            coding = (self._http.get_header("Content-Encoding") or "").lower()
            payload = gzip.compress(payload, mtime=0) if coding == "gzip" else payload
            http = re.sub(rb"(?im)^transfer-encoding:[^\r\n]*\r\n", b"", http)
            http = _with_header(http, b"Content-Length", b"%d" % len(payload))
        block = http + payload
        head = _with_header(head + _END, b"Content-Length", b"%d" % len(block))
        head = _with_digest(head, b"WARC-Block-Digest", block)
        head = _with_digest(head, b"WARC-Payload-Digest", payload)
        raw = head + block + rest[self._length :]
        return gzip.compress(raw, mtime=0) if self._zipped else raw


def _with_header(head: bytes, name: bytes, value: bytes) -> bytes:
    """Return a head with another value for a header that it has."""
    return re.sub(rb"(?im)^(" + name + rb":[ \t]*)[^\r\n]*", lambda found: found[1] + value, head, count=1)


def _with_digest(head: bytes, name: bytes, content: bytes) -> bytes:
    """Return a head with the digest of new content, where it has one."""
    found = re.search(rb"(?im)^" + name + rb":[ \t]*(sha1|md5|sha256):", head)
    if found is None:
        return head
    digester = library("warcio.utils", _PART).Digester(found[1].decode().lower())
    digester.update(content)
    return _with_header(head, name, str(digester).encode())


def _parsed(raw: bytes) -> Any:  # noqa: ANN401
    """Return a record of the library's."""
    failed = library("warcio.exceptions", _PART).ArchiveLoadFailed
    try:
        return next(iter(library("warcio.archiveiterator", _PART).ArchiveIterator(BytesIO(raw))))
    except (failed, StopIteration) as error:
        raise FormatError("not read as a WARC record") from error


def _bounded(stream: Any) -> bytes:  # noqa: ANN401
    """Read a record's content, unpacked, up to the limit."""
    pieces, n_bytes = [], 0
    while piece := stream.read(_PIECE_BYTES):
        pieces.append(piece)
        n_bytes += len(piece)
        if n_bytes > MAX_UNIT_BYTES:
            raise FormatError(f"a record that unpacks to more than {MAX_UNIT_BYTES:,} bytes; left alone")
    return b"".join(pieces)


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


def _is_text(record: Any) -> bool:  # noqa: ANN401
    """Whether a record holds a page or a text, in a coding that can be written again."""
    if record.rec_type not in _RECORDS or _content(record)[0] not in _TEXT_TYPES:
        return False
    coding = (record.http_headers.get_header("Content-Encoding") or "") if record.http_headers else ""
    length = record.rec_headers.get_header("Content-Length") or "0"
    return coding.lower() in ("", "identity", "gzip") and length.isdigit() and int(length) <= MAX_UNIT_BYTES


@dataclass(frozen=True, slots=True)
class Warc:
    """Reads a file record by record, one gzip member for each where it is compressed.

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
        """Yield the records, numbered from 1; large ones that are no text in pieces.

        Raises
        ------
        FormatError
            If the file is damaged; the message names the record.
        """
        tape, number = _Tape(source), 0
        failed = library("warcio.exceptions", _PART).ArchiveLoadFailed
        records = library("warcio.archiveiterator", _PART).ArchiveIterator(tape)
        try:
            for number, record in enumerate(records, 1):
                is_text = _is_text(record)
                while not is_text and record.raw_stream.read(_PIECE_BYTES):
                    if piece := tape.take(tape.tell() - _AHEAD_BYTES):
                        yield Unit(piece, number, is_text=False)
                records.get_record_length()
                yield Unit(tape.take(records.offset), number, is_text=is_text)
        except (failed, EOFError) as error:
            raise FormatError(f"not read as WARC behind record {number}") from error
        if rest := tape.take(tape.tell()):
            yield Unit(rest, number, is_text=False)

    def parse(self, unit: Unit) -> Record:
        """Take a record apart."""
        return Record(unit.raw, self.encoding)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return ByteSink(sink)

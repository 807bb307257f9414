"""The block of a WARC record: its codings, lengths and digests."""

from __future__ import annotations

import hashlib
import re
import zlib
from base64 import b32encode
from io import BytesIO
from typing import Any

from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, library
from spamguard.errors import FormatError

CODINGS = ("", "identity", "gzip")
_PART = "reading WARC"
_GZIP = b"\x1f\x8b"
_CHUNK = re.compile(rb"[0-9A-Fa-f]+[ \t]*(?:;[^\r\n]*)?\r\n")


def content_of(body: bytes, headers: Any) -> tuple[bytes, str]:  # noqa: ANN401  (the library's own)
    """Return the content that a body stands for, and its coding.

    Parameters
    ----------
    body
        What stands behind the HTTP head.
    headers
        That head as the library read it; None where there is none.

    Raises
    ------
    FormatError
        If the content breaks off, is damaged or beyond the limit.
    """
    if headers is None:
        return body, ""
    is_chunked = (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
    # Crawlers take bodies apart and leave the head as it was: then they are what they look like.
    if is_chunked and _CHUNK.match(body):
        body = _joined(body)
    coding = (headers.get_header("Content-Encoding") or "").strip().lower()
    if coding == "gzip" and body.startswith(_GZIP):
        return _unzipped(body), coding
    return body, ""


def _joined(body: bytes) -> bytes:
    """Return the content of chunks."""
    readers = library("warcio.bufferedreaders", _PART)
    reader = readers.ChunkedDataReader(BytesIO(body), raise_exceptions=True)
    try:
        pieces = list(iter(lambda: reader.read(MAX_UNIT_BYTES), b""))
    except readers.ChunkedDataException:
        raise FormatError("its chunks are damaged or break off; left alone") from None
    return b"".join(pieces)


def _unzipped(body: bytes) -> bytes:
    """Return the content of a body that is one gzip member."""
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(body, MAX_UNIT_BYTES + 1)
    except zlib.error:
        raise FormatError("its .gz content is damaged; left alone") from None
    if len(content) > MAX_UNIT_BYTES:
        raise FormatError(f"a record that unpacks to more than {MAX_UNIT_BYTES:,} bytes; left alone")
    if not unpacker.eof or unpacker.unused_data:
        raise FormatError("its .gz content breaks off or is followed by more; left alone")
    return content


def with_header(head: bytes, name: bytes, value: bytes) -> bytes:
    """Return a head with another value for a header that it has."""
    return re.sub(rb"(?im)^(" + name + rb":[ \t]*)[^\r\n]*", lambda found: found[1] + value, head, count=1)


def _digests(head: bytes, name: bytes, content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the digest that a head names, and those that the content has, in base 32 and base 16."""
    found = re.search(rb"(?im)^" + name + rb":[ \t]*([\w-]+):([^\s]+)", head)
    if found is None:
        return b"", []
    try:
        digest = hashlib.new(found[1].decode(), content, usedforsecurity=False).digest()
    except (ValueError, TypeError):
        raise FormatError("its digest is of an unknown kind; left alone") from None
    made = (b32encode(digest), digest.hex().encode())
    return found[1] + b":" + found[2], [found[1] + b":" + value for value in made]


def check_digest(head: bytes, name: bytes, content: bytes) -> None:
    """Refuse content that is not what a head's digest says.

    Raises
    ------
    FormatError
        If it is not, or the digest is of an unknown kind.
    """
    named, made = _digests(head, name, content)
    if named and named.lower() not in [one.lower() for one in made]:
        raise FormatError(f"it is not what its {name.decode()} says; left alone")


def with_digest(head: bytes, name: bytes, content: bytes) -> bytes:
    """Return a head with the digest of new content, where it has one, in the base that it has."""
    named, made = _digests(head, name, content)
    return with_header(head, name, made[len(named) == len(made[1])]) if named else head

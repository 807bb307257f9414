"""Compressed files: read within bounds, written back in kind."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO

from spamguard.batch.formats.protocol import library
from spamguard.errors import FormatError

# Text shrinks to a twentieth, rarely to a hundredth; a bomb's figure is in the thousands.
MAX_RATIO = 250
# Below this a file may unpack as it likes.
_FREE_BYTES = 64_000_000
# Little is fed at a time, so that little can come out at a time.
_FEED_BYTES = 1_024
_MAX_WINDOW_BYTES = 1 << 27
_ZSTD = "reading .zst files"

# Their own tools pass over zeros behind a member.
_PADDED = (".gz", ".xz")
SUFFIXES = (".gz", ".zst", ".xz", ".bz2")


def _decompressor(suffix: str) -> Any:  # noqa: ANN401  (the libraries share a shape, not a type)
    """Return what unpacks one member of a compressed file."""
    if suffix == ".gz":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    if suffix == ".bz2":
        return bz2.BZ2Decompressor()
    if suffix == ".xz":
        return lzma.LZMADecompressor(memlimit=_MAX_WINDOW_BYTES)
    return library("zstandard", _ZSTD).ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).decompressobj()


class _Unpacked(io.RawIOBase):
    """A compressed file as its content, whose size is bounded."""

    def __init__(self, source: BinaryIO, suffix: str) -> None:
        super().__init__()
        self._source, self._suffix = source, suffix
        self._member = _decompressor(suffix)
        self._fed = self._made = 0
        self._packed = self._ready = b""
        self._errors: tuple[type[Exception], ...] = (
            zlib.error,
            lzma.LZMAError,
            OSError,
            ValueError,
            EOFError,
        )
        if suffix == ".zst":
            self._errors += (library("zstandard", _ZSTD).ZstdError,)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (any writable buffer)
        """Read into a buffer; return how many bytes."""
        while not self._ready and self._more():
            pass
        n_bytes = min(len(buffer), len(self._ready))
        buffer[:n_bytes] = self._ready[:n_bytes]
        self._ready = self._ready[n_bytes:]
        return n_bytes

    def _more(self) -> bool:
        """Unpack the next bytes; say whether there may be more."""
        if not self._packed:
            self._packed = self._source.read(_FEED_BYTES)
        if self._member.eof and self._suffix in _PADDED and self._packed.startswith(b"\0"):
            n_bytes = len(self._packed)
            self._packed = self._packed.lstrip(b"\0")
            self._fed += n_bytes - len(self._packed)
            return True
        if not self._packed:
            if not self._member.eof and self._fed:
                raise FormatError(f"the {self._suffix} data breaks off at byte {self._fed:,}")
            return False
        if self._member.eof:
            self._member = _decompressor(self._suffix)
        try:
            self._ready = self._member.decompress(self._packed)
        except self._errors:
            raise FormatError(
                f"damaged {self._suffix} data before byte {self._fed + _FEED_BYTES:,}"
            ) from None
        left = self._member.unused_data if self._member.eof else b""
        self._fed += len(self._packed) - len(left)
        self._packed = left
        self._made += len(self._ready)
        if self._made > max(_FREE_BYTES, MAX_RATIO * self._fed):
            raise FormatError(f"unpacks to more than {MAX_RATIO} times its size at byte {self._fed:,}")
        return True


def unpacked(source: BinaryIO, suffix: str) -> BinaryIO:
    """Return a file's content.

    Parameters
    ----------
    source
        The file.
    suffix
        One of :data:`SUFFIXES`, or empty where it is not compressed.

    Raises
    ------
    FormatError
        On reading, where the data is damaged, breaks off or unpacks to far more than any text would; the
        message names the byte.
    MissingExtraError
        If the library for it is not installed.

    Examples
    --------
    >>> unpacked(io.BytesIO(gzip.compress(b"Good news.")), ".gz").read()
    b'Good news.'
    """
    if not suffix:
        return source
    return io.BufferedReader(_Unpacked(source, suffix), 1 << 18)


def packed(sink: BinaryIO, suffix: str) -> AbstractContextManager[BinaryIO]:
    """Return what writes content compressed; the file itself stays open at its end.

    Parameters
    ----------
    sink
        Where the compressed bytes go; the same content always gives the same.
    suffix
        One of :data:`SUFFIXES`, or empty for none.
    """
    if not suffix:
        return nullcontext(sink)
    writers: dict[str, Callable[[], Any]] = {
        ".gz": lambda: gzip.GzipFile("", "wb", 6, sink, mtime=0),
        ".bz2": lambda: bz2.BZ2File(sink, "wb"),
        ".xz": lambda: lzma.LZMAFile(sink, "wb"),
        ".zst": lambda: library("zstandard", _ZSTD).ZstdCompressor().stream_writer(sink, closefd=False),
    }
    writer: AbstractContextManager[BinaryIO] = writers[suffix]()
    return writer

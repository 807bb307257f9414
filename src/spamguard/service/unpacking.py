"""Bodies packed with gzip or deflate, unpacked as they arrive and bounded by what comes out."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spamguard.service.limits import STREAM_PATH, discard_rest, too_large
from spamguard.service.problems import ProblemError

PIECE_BYTES = 64 * 1024
# What is left behind a gzip member is copied: of members that hold nothing a few bytes each time.
_PACKED_BYTES = 4 * 1024
# zlib's numbers for a gzip frame, a zlib frame (what HTTP calls deflate), and deflate without any.
_GZIP, _ZLIB, _RAW, _UNKNOWN = 31, 15, -15, 0


class Unpacker:
    """Unpacks a body piece by piece.

    Parameters
    ----------
    coding
        "gzip" or "deflate"; of the latter both readings that servers and clients have.

    Examples
    --------
    >>> import gzip
    >>> b"".join(Unpacker("gzip").feed(gzip.compress(b"good")))
    b'good'
    """

    def __init__(self, coding: str) -> None:
        self._window = _GZIP if coding == "gzip" else _UNKNOWN
        self._zlib = zlib.decompressobj(_GZIP)
        self._head = b""

    @property
    def is_whole(self) -> bool:
        """Whether the body may end here."""
        return self._zlib.eof

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Yield what a piece unpacks to, a bounded piece at a time; nothing is a piece, too.

        Raises
        ------
        ProblemError
            400 if it is not so packed.
        """
        if self._window == _UNKNOWN:
            self._head = packed = self._head + packed
            if len(packed) < 2:
                return
            self._window = _ZLIB if _has_zlib_head(packed) else _RAW
            self._zlib = zlib.decompressobj(self._window)
        for start in range(0, len(packed), _PACKED_BYTES):
            yield from self._unpack(packed[start : start + _PACKED_BYTES])

    def _unpack(self, packed: bytes) -> Iterator[bytes]:
        """Yield what a short piece unpacks to."""
        while packed:
            if self._zlib.eof:
                # A gzip file may have several members.
                if self._window != _GZIP:
                    raise _not_packed()
                self._zlib = zlib.decompressobj(self._window)
            try:
                unpacked = self._zlib.decompress(packed, PIECE_BYTES)
            except zlib.error:
                raise _not_packed() from None
            packed = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
            yield unpacked


def _has_zlib_head(packed: bytes) -> bool:
    """Whether the first two bytes are those of a zlib frame."""
    return packed[0] & 0x0F == 8 and int.from_bytes(packed[:2], "big") % 31 == 0


class Unpacking:
    """Unpacks bodies on their way to the application.

    Parameters
    ----------
    app
        The application within.
    max_bytes
        Largest unpacked body; a stream's lines are bounded by the stream.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(Unpacking, max_bytes=1_000_000)
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on the unpacked body."""
        coding = _coding(scope) if scope["type"] == "http" else ""
        if coding in ("", "identity"):
            await self._app(scope, receive, send)
            return
        if coding not in ("gzip", "deflate"):
            detail = "A body may be packed with gzip or deflate"
            raise ProblemError(
                415, "unsupported-encoding", detail, headers={"Accept-Encoding": "gzip, deflate"}
            )
        max_bytes = None if scope.get("path") == STREAM_PATH else self._max_bytes
        await self._app(scope, _Unpacked(Unpacker(coding), scope, receive, max_bytes).receive, send)


class _Unpacked:
    """An unpacked body in place of the packed one."""

    def __init__(self, unpacker: Unpacker, scope: Scope, receive: Receive, max_bytes: int | None) -> None:
        self._unpacker = unpacker
        self._scope, self._receive = scope, receive
        self._max_bytes = max_bytes
        self._pieces: Iterator[bytes] = iter(())
        self._n_bytes = 0
        self._more = True

    async def receive(self) -> Message:
        """Return the next message; one piece of the body at a time, so that a bomb has no room."""
        while True:
            for piece in self._pieces:
                # A few bytes may become a thousand times as many: between two pieces it is others' turn.
                await asyncio.sleep(0)
                if piece:
                    await self._count(piece)
                    return {"type": "http.request", "body": piece, "more_body": True}
            if not self._more:
                if not self._unpacker.is_whole:
                    raise _not_packed()
                return {"type": "http.request", "body": b"", "more_body": False}
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._more = message.get("more_body", False)
            self._pieces = self._unpacker.feed(message.get("body", b""))

    async def _count(self, piece: bytes) -> None:
        """Refuse a body that becomes too large with this piece."""
        self._n_bytes += len(piece)
        if self._max_bytes is not None and self._n_bytes > self._max_bytes:
            if self._more:
                await discard_rest(Headers(scope=self._scope), self._receive)
            raise too_large(self._max_bytes)


def _coding(scope: Scope) -> str:
    """Return how a body is packed, as its header says."""
    return Headers(scope=scope).get("content-encoding", "").strip().lower()


def _not_packed() -> ProblemError:
    """Return the refusal of a body that is not what its header says."""
    return ProblemError(400, "bad-encoding", "The body is not packed as its Content-Encoding says")

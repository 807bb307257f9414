"""`POST /clean/stream`: lines in, lines out, with a bounded number of them in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spamguard.service.media import NDJSON
from spamguard.service.problems import ProblemError, leaving
from spamguard.service.wire import write_json

# Longer than any line may be: the answer to it is that it is too long, whatever it holds.
Line = bytes | None
_BLANK_LINES = re.compile(rb"\n(?:\s*\n)+")


class Lines(Response):
    """An answer that is made while its request is still being read.

    Starlette's own takes a message from the request to see whether the caller is still there, and
    would eat what the caller sends. Here the sending itself waits while the caller does not read.

    Parameters
    ----------
    lines
        The lines with their breaks.
    status_code
        Of the answer.
    """

    media_type = NDJSON

    def __init__(self, lines: AsyncIterator[bytes], status_code: int = 200) -> None:
        super().__init__(status_code=status_code)
        del self.headers["content-length"]
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send line by line."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for line in self._lines:
            await send({"type": "http.response.body", "body": line, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def split_lines(pieces: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[Line]:
    r"""Yield the lines of a body without their breaks, blank ones left out.

    Parameters
    ----------
    pieces
        The body as it arrives.
    max_bytes
        Longest line; of a longer one nothing is kept, and None is yielded in its place.

    Examples
    --------
    >>> import asyncio
    >>> async def body():
    ...     for piece in (b"on", b"e\ntoo long to keep\n\nt", b"wo"):
    ...         yield piece
    >>> async def lines():
    ...     return [line async for line in split_lines(body(), 5)]
    >>> asyncio.run(lines())
    [b'one', None, b'two']
    """
    begun, is_too_long = bytearray(), False
    async for piece in pieces:
        # At once: taken one by one, the blank lines that a packed body can hold would stop all else.
        *whole, rest = _BLANK_LINES.sub(b"\n", piece).split(b"\n")
        for end in whole:
            is_too_long = is_too_long or len(begun) + len(end) > max_bytes
            line = None if is_too_long else bytes(begun + end)
            begun, is_too_long = bytearray(), False
            if line is None or line.strip():
                yield line
        is_too_long = is_too_long or len(begun) + len(rest) > max_bytes
        if is_too_long:
            begun = bytearray()
        else:
            begun += rest
    if is_too_long or begun.strip():
        yield None if is_too_long else bytes(begun)


async def answer_lines(
    lines: AsyncIterator[Line], answer: Callable[[Line], Awaitable[bytes]], request_id: str
) -> AsyncIterator[bytes]:
    """Yield the answer to each line, in order, reading the next when the last is sent.

    What ends the stream before its time, such as a piece that does not come or the end of the service, is
    the last line's error.
    """
    try:
        async for line in lines:
            yield await answer(line)
    except ProblemError as problem:
        yield write_json({"error": problem.fields(request_id)}) + b"\n"
    except asyncio.CancelledError:
        # The server's, when the time to finish is over: no line behind those answered was taken.
        yield write_json({"error": leaving().fields(request_id)}) + b"\n"

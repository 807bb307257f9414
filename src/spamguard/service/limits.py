"""What the body of a request may cost: bytes as they arrive, and the time that they take."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spamguard.service.problems import ProblemError

# What is taken and thrown away of a body that is refused. Without it, a client of Python's own library
# that sent 20 MB saw a broken pipe instead of the answer in 40 of 40 tries.
LINGER_BYTES = 64 * 1024 * 1024
LINGER_S = 5
# A stream's body has no end; its lines are bounded instead.
STREAM_PATH = "/clean/stream"


class BodyLimit:
    """Refuses a body by the bytes that arrive, announced or not, and by the time that they take.

    Parameters
    ----------
    app
        The application within.
    max_bytes
        Largest body that it gets to read.
    limit_s
        Seconds that a whole body may take to arrive; of a stream, each piece.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(BodyLimit, max_bytes=1_000_000)
    """

    def __init__(self, app: ASGIApp, max_bytes: int, limit_s: float = 30) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._limit_s = limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on a body that ends in a refusal where it grows too large or too slow."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, loop = Headers(scope=scope), asyncio.get_running_loop()
        streams = scope.get("path") == STREAM_PATH
        n_bytes, more, deadline = 0, True, 0.0

        async def count() -> Message:
            nonlocal n_bytes, more, deadline
            if not n_bytes and not streams and self._announces_too_much(headers):
                await discard_rest(headers, receive)
                raise self._too_large()
            if not more:
                # The body is complete; what comes now is that the caller goes away.
                return await receive()
            now = loop.time()
            deadline = now + self._limit_s if streams or not deadline else deadline
            message = await self._in_time(receive, deadline)
            n_bytes += len(message.get("body", b""))
            more = message.get("more_body", False)
            if n_bytes > self._max_bytes and not streams:
                if more:
                    await discard_rest(headers, receive)
                raise self._too_large()
            return message

        await self._app(scope, count, send)

    async def _in_time(self, receive: Receive, deadline: float) -> Message:
        """Wait for a message until the deadline."""
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            detail = f"The body, or the next piece of a stream, did not arrive in {self._limit_s} s"
            raise ProblemError(408, "body-too-slow", detail, headers={"Connection": "close"}) from None

    def _announces_too_much(self, headers: Headers) -> bool:
        """Whether the announced length is too large; one of absurdly many digits is left to the counting."""
        announced = headers.get("content-length", "")
        return announced.isdecimal() and len(announced) < 19 and int(announced) > self._max_bytes

    def _too_large(self) -> ProblemError:
        """Return the answer; the body may not have been read to its end, so the connection ends with it."""
        return too_large(self._max_bytes)


def too_large(max_bytes: int) -> ProblemError:
    """Return the refusal of a body that is too large.

    Examples
    --------
    >>> too_large(10).status
    413
    """
    detail = f"The body may have {max_bytes} bytes, packed and unpacked"
    return ProblemError(413, "body-too-large", detail, headers={"Connection": "close"})


async def discard_rest(headers: Headers, receive: Receive) -> None:
    """Let a caller send on for a while: many clients read no answer before they have sent all.

    Parameters
    ----------
    headers
        Of the request; who asks before sending is told before sending.
    receive
        Gives the rest of the body.
    """
    n_bytes, more = 0, "expect" not in headers
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while more and n_bytes < LINGER_BYTES:
                message = await receive()
                n_bytes += len(message.get("body", b""))
                more = message.get("more_body", False)

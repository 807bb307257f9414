"""Connections that end when whoever holds one neither asks nor reads."""

from __future__ import annotations

import asyncio
import json
import resource
from contextlib import suppress
from uuid import uuid4

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from spamguard.service.problems import MEDIA_TYPE, ProblemError


class Connection(H11Protocol):
    """A connection whose caller has so long to send the head of a request, and to go on reading an answer.

    While a request is under way, its own limits hold.

    Examples
    --------
    >>> Connection.limit_s
    30
    """

    limit_s: float = 30
    _alarm: asyncio.TimerHandle | None = None
    _n_unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._alarm:
            self._alarm.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the answer to be read, and for the next request."""
        super().on_response_complete()
        self._wait()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem, as all that is refused; an answer begun breaks off."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            problem = ProblemError(400, "bad-request", "This is no HTTP/1.1, or its head is too long")
            body = json.dumps(problem.fields(uuid4().hex)).encode()
            headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
            events = (
                h11.Response(status_code=400, headers=list(headers.items()), reason="Bad Request"),
                h11.Data(data=body),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()

    def _wait(self) -> None:
        """Look again in a while."""
        if self._alarm:
            self._alarm.cancel()
        self._n_unsent = self.transport.get_write_buffer_size()
        self._alarm = self.loop.call_later(self.limit_s, self._end_if_stalled)

    def _end_if_stalled(self) -> None:
        """End the connection, unless a request is under way or an answer has been read on."""
        if self.cycle is not None and not self.cycle.response_complete:
            return
        if self.transport.get_write_buffer_size() < self._n_unsent:
            self._wait()
        else:
            self.transport.abort()


def connections(seconds: float) -> type[Connection]:
    """Return the kind of connection whose callers have so many seconds.

    Examples
    --------
    >>> connections(5).limit_s
    5
    """

    class Limited(Connection):
        limit_s = seconds

    return Limited


def allow_many() -> None:
    """Let the process hold as many connections as it may; by default it often may a thousand, and asks."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where the most is more than the system grants, it stays as it is.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

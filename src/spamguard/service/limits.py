"""What a request may cost: bytes of its body, places in the queue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spamguard.service.problems import ProblemError

# What is taken and thrown away of a body that is refused. Without it, a client of Python's own library
# that sent 20 MB saw a broken pipe instead of the answer in 40 of 40 tries.
LINGER_BYTES = 64 * 1024 * 1024
LINGER_S = 5

Answer = TypeVar("Answer")


class BodyLimit:
    """Refuses a body by the bytes that arrive, announced or not.

    Parameters
    ----------
    app
        The application within.
    max_bytes
        Largest body that it gets to read.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(BodyLimit, max_bytes=1_000_000)
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on a body that ends in a refusal where it grows too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        n_bytes = 0

        async def count() -> Message:
            nonlocal n_bytes
            if not n_bytes and self._announces_too_much(headers):
                # Who asks before sending is told before sending.
                if "expect" not in headers:
                    await _discard_rest(receive)
                raise self._refusal()
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > self._max_bytes:
                if message.get("more_body"):
                    await _discard_rest(receive)
                raise self._refusal()
            return message

        await self._app(scope, count, send)

    def _announces_too_much(self, headers: Headers) -> bool:
        """Whether the announced length is too large; one of absurdly many digits is left to the counting."""
        announced = headers.get("content-length", "")
        return announced.isdecimal() and len(announced) < 19 and int(announced) > self._max_bytes

    def _refusal(self) -> ProblemError:
        """Return the answer; the body may not have been read to its end, so the connection ends with it."""
        detail = f"The body may have {self._max_bytes} bytes"
        return ProblemError(413, "body-too-large", detail, headers={"Connection": "close"})


async def _discard_rest(receive: Receive) -> None:
    """Let a caller send on for a while: many clients read no answer before they have sent all."""
    n_bytes, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while more and n_bytes < LINGER_BYTES:
                message = await receive()
                n_bytes += len(message.get("body", b""))
                more = message.get("more_body", False)


class Workers:
    """Threads with a bounded queue that refuses at once when it is full.

    Parameters
    ----------
    n_threads
        Tasks that run at the same time.
    n_waiting
        Tasks that may wait for a thread.
    retry_after_s
        Seconds after which a refused caller is asked to come back.

    Examples
    --------
    >>> workers = Workers(1, 0, 1)
    >>> asyncio.run(workers.run(lambda: "done"))
    'done'
    >>> workers.close()
    """

    def __init__(self, n_threads: int, n_waiting: int, retry_after_s: int) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="spamguard-clean")
        self._places = threading.Semaphore(n_threads + n_waiting)
        self._retry_after_s = retry_after_s

    async def run(self, task: Callable[[], Answer]) -> Answer:
        """Run a task in a thread and return its answer.

        Parameters
        ----------
        task
            Whatever it raises is raised here.

        Raises
        ------
        ProblemError
            If no place is free.
        """
        if not self._places.acquire(blocking=False):
            headers = {"Retry-After": str(self._retry_after_s)}
            raise ProblemError(503, "busy", "All places in the queue are taken", headers=headers)
        future = self._pool.submit(task)
        # Freed by the task's own end, not by the waiter's: a request given up still holds its thread.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let what was taken finish, and end the threads."""
        self._pool.shutdown()

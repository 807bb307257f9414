"""One JSON line for each request, with its id and without any of its text."""

from __future__ import annotations

import json
import logging
import random
import re
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spamguard.service.problems import PROBLEM, REQUEST_ID

ID_HEADER = "X-Request-ID"
# The caller went away before there was an answer; the number that web servers' logs use for it.
CLIENT_GONE = 499
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# A caller's id goes into log and answer, so it may hold nothing that could be text or break a line.
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_ID_HEADER = ID_HEADER.lower().encode()

_log = logging.getLogger("spamguard.access")


class RequestLog:
    """Gives each request an id, returns it as a header, and logs what became of the request.

    Parameters
    ----------
    app
        The application within.
    watch
        Given the fields of every line.

    Examples
    --------
    >>> from fastapi import FastAPI
    >>> FastAPI().add_middleware(RequestLog)
    """

    def __init__(self, app: ASGIApp, watch: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and log the exchange."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        # It tells requests apart and keeps no secret: the cheap randomness will do.
        name = given if _ID.fullmatch(given) else f"{random.getrandbits(128):032x}"
        exchange = _Exchange(name, receive, send)
        scope.setdefault("state", {})[REQUEST_ID] = exchange.request_id
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            fields = exchange.fields(scope)
            self._watch(fields)
            _log.info("request", extra={"fields": fields})


class _Exchange:
    """One request and its answer, counted as they pass."""

    def __init__(self, request_id: str, receive: Receive, send: Send) -> None:
        self.request_id = request_id
        self._receive, self._send = receive, send
        self._began = time.perf_counter()
        self._status = CLIENT_GONE
        self._n_bytes_in = self._n_bytes_out = 0

    async def receive(self) -> Message:
        """Pass on what the caller sends."""
        message = await self._receive()
        self._n_bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        """Pass on what the application answers."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = [*message["headers"], (_ID_HEADER, self.request_id.encode())]
        self._n_bytes_out += len(message.get("body", b""))
        await self._send(message)

    def fields(self, scope: Scope) -> dict[str, Any]:
        """Return the line's fields: of path and method only what the service itself has named."""
        problem = {PROBLEM: scope["state"][PROBLEM]} if PROBLEM in scope["state"] else {}
        return {
            REQUEST_ID: self.request_id,
            "method": scope["method"] if scope["method"] in METHODS else "other",
            "path": getattr(scope.get("route"), "path", "other"),
            "status": self._status,
            "duration_s": round(time.perf_counter() - self._began, 6),
            "n_bytes_in": self._n_bytes_in,
            "n_bytes_out": self._n_bytes_out,
            **problem,
        }


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON; of an exception only its type and places.

    Examples
    --------
    >>> record = logging.LogRecord("here", logging.INFO, "", 0, "hello", None, None)
    >>> json.loads(JsonFormatter().format(record))["message"]
    'hello'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, without a line break."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line)

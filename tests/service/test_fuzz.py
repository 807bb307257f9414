"""Whatever is sent, nothing is our fault and nothing hangs: by the document, and by raw bytes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

schemathesis = pytest.importorskip("schemathesis")
openapi_checks = pytest.importorskip("schemathesis.specs.openapi.checks")
Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
SMALL = Settings(max_text_chars=300, max_body_bytes=20_000, feedback="sqlite::memory:", review_queue=3)
DOCUMENT = create_app(SMALL).openapi()
# The reload is tested where its model is: here it would load the shipped one for each case. Lines of JSON
# are no media type that schemathesis writes.
API = schemathesis.openapi.from_dict(DOCUMENT).exclude(path=["/model/reload", "/clean/stream"])


@pytest.fixture(scope="module")
def live(guard: spamguard.Guard, serving: Serving) -> Iterator[httpx.Client]:
    """A client to a service that keeps everything in memory."""
    with serving(create_app(SMALL, guard=guard)) as client:
        yield client


@API.parametrize()  # type: ignore[untyped-decorator]  # made at run time
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_service_does_what_its_document_says(live: httpx.Client, case: Any) -> None:  # noqa: ANN401
    case.call_and_validate(base_url=str(live.base_url), checks=CHECKS)


def answer_to(live: httpx.Client, sent: bytes) -> bytes:
    """All that a service says to raw bytes, after which nothing more comes."""
    with socket.create_connection((live.base_url.host, live.base_url.port or 0), timeout=10) as connection:
        try:
            connection.sendall(sent)
            # The other side may have hung up on us by now, which is an answer.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except ConnectionError:
            return b""


HEAD = b"POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
PIECES = st.sampled_from(
    [
        HEAD,
        b"GET /model HTTP/1.1\r\n",
        b"Content-Length: 14\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Expect: 100-continue\r\n",
        b"Upgrade: websocket\r\n",
        b"\r\n",
        b'{"text": "ab"}',
        b"e\r\n",
        b"0\r\n\r\n",
        b"ffffffffffffffff\r\n",
        b"\x1f\x8b\x08\x00",
        b"\0",
        b"\xff" * 100,
        b"A" * 70_000,
    ]
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=8).map(b"".join))
@example(b"")
@example(HEAD + b'Content-Length: 14\r\n\r\n{"text": "ab"}')
@example(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")
@example(HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")
@example(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00")
@example(b"POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n\r\n")
def test_raw_bytes_get_an_answer_or_none_and_no_fault_of_ours(live: httpx.Client, sent: bytes) -> None:
    for line in answer_to(live, sent).split(b"\r\n"):
        assert not line.startswith(b"HTTP/1.1 5")
    assert live.get("/healthz").json() == {"status": "live"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["text", "texts", "items", "edits", "allow", "deny", "mode", "marks", "offsets", "start", "end", "id"]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.sampled_from(["/clean", "/clean/batch", "/clean/stream", "/restore", "/review/edits", "/feedback"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
)
def test_bodies_of_any_shape_are_the_callers_fault_or_none(
    live: httpx.Client, path: str, fields: dict[str, object]
) -> None:
    media = "application/x-ndjson" if path == "/clean/stream" else "application/json"
    answer = live.post(path, content=json.dumps(fields).encode(), headers={"Content-Type": media})
    assert answer.status_code < 500

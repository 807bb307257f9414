"""Every error has one shape, and none holds any text of the request."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import TypedDict

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

import spamguard
from spamguard.service.app import create_app
from spamguard.service.problems import MEDIA_TYPE
from spamguard.service.requestlog import JsonFormatter
from spamguard.service.settings import Settings
from spamguard.service.wire import Problem

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]


class Content(TypedDict, total=False):
    """What a request has besides its method and path."""

    content: str | bytes
    data: dict[str, str]
    headers: dict[str, str]
    json: object


SECRET = "Zwiebelfisch"
JSON = {"Content-Type": "application/json"}
REQUESTS: dict[str, tuple[int, tuple[str, str], Content]] = {
    "no such path": (404, ("GET", f"/{SECRET}?q={SECRET}"), {}),
    "a path with a slash too many": (404, ("POST", "/clean/"), {}),
    "a path for documents": (404, ("GET", "/docs"), {}),
    "wrong method": (405, ("GET", f"/clean?text={SECRET}"), {}),
    "another site's preflight": (405, ("OPTIONS", "/clean"), {"headers": {"Origin": "http://else.example"}}),
    "bad JSON": (400, ("POST", "/clean"), {"content": SECRET, "headers": JSON}),
    "bad UTF-8": (400, ("POST", "/clean"), {"content": SECRET.encode() + b"\xff", "headers": JSON}),
    "text missing": (422, ("POST", "/clean"), {"json": {}}),
    "text of another type": (422, ("POST", "/clean"), {"json": {"text": [SECRET]}}),
    "unknown field": (422, ("POST", "/clean"), {"json": {"text": "", SECRET: ""}}),
    "text too long": (413, ("POST", "/clean"), {"json": {"text": SECRET * 1_000}}),
    "body too large": (413, ("POST", "/clean"), {"json": {"text": SECRET * 10_000}}),
    "no content type": (415, ("POST", "/clean"), {"content": b'{"text": ""}'}),
    "a form": (415, ("POST", "/clean"), {"data": {"text": SECRET}}),
    "plain text": (415, ("POST", "/clean"), {"content": SECRET, "headers": {"Content-Type": "text/plain"}}),
    "another charset": (
        415,
        ("POST", "/clean"),
        {"content": b"{}", "headers": {"Content-Type": "application/json; charset=latin-1"}},
    ),
    "packed in a way that nobody knows": (
        415,
        ("POST", "/clean"),
        {"content": b"", "headers": {**JSON, "Content-Encoding": SECRET}},
    ),
    "not packed as it says": (
        400,
        ("POST", "/clean"),
        {"content": SECRET, "headers": {**JSON, "Content-Encoding": "gzip"}},
    ),
    "a query that is no number": (422, ("GET", f"/review/queue?limit={SECRET}"), {}),
    "a verdict where none is kept": (404, ("DELETE", f"/feedback/{SECRET}"), {}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_callers_fault_is_a_problem_without_any_of_the_request(client: httpx.Client, name: str) -> None:
    status, (method, path), content = REQUESTS[name]
    answer = client.request(method, path, **content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(answer.json(), strict=True)
    assert problem.status == status
    assert problem.instance == f"urn:spamguard:request:{answer.headers['x-request-id']}"
    assert SECRET not in answer.text + str(answer.headers)


def test_a_wrong_method_is_told_the_right_one(client: httpx.Client) -> None:
    answer = client.delete("/clean")
    assert answer.headers["allow"] == "POST"
    assert "POST" in answer.json()["detail"]


def test_no_other_site_is_let_in(client: httpx.Client) -> None:
    answer = client.post("/clean", json={"text": ""}, headers={"Origin": "http://else.example"})
    assert "access-control-allow-origin" not in answer.headers


async def fail() -> None:
    """A route with a fault of our own, whose message quotes an article."""
    raise ValueError(f"cannot clean {SECRET}")


async def fail_late() -> StreamingResponse:
    """A route whose fault comes when the answer has begun."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ValueError(f"cannot clean {SECRET}")

    return StreamingResponse(pieces())


@pytest.fixture
def faulty(guard: spamguard.Guard) -> FastAPI:
    """The service with two routes that fail."""
    app = create_app(Settings(), guard=guard)
    app.add_api_route("/fail", fail)
    app.add_api_route("/fail-late", fail_late, response_model=None)
    return app


def test_a_fault_of_our_own_is_a_500_and_a_log_line_without_any_text(
    faulty: FastAPI, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(faulty) as client:
        answer = client.get("/fail", headers={"X-Request-ID": "the-one"})
        assert client.get("/healthz").status_code == 200
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert Problem.model_validate(answer.json()).type == "urn:spamguard:problem:internal-error"
    lines = "\n".join(map(JsonFormatter().format, caplog.records))
    assert "test_problems.py" in lines
    assert '"ValueError"' in lines
    assert "the-one" in lines
    assert SECRET not in lines + answer.text


def test_a_fault_after_the_answer_has_begun_breaks_the_answer_off(
    faulty: FastAPI, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(faulty) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/fail-late")
    assert SECRET not in "\n".join(map(JsonFormatter().format, caplog.records))
    assert any(record.levelno == logging.ERROR for record in caplog.records)

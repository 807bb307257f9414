"""Each request leaves one line that says what became of it and nothing of what was in it."""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.requestlog import JsonFormatter
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

SECRET = "Zwiebelfisch"


@pytest.fixture
def app(guard: spamguard.Guard) -> FastAPI:
    """The service."""
    return create_app(Settings(), guard=guard)


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The lines of the requests, in order."""
    records = [record for record in caplog.records if record.name == "spamguard.access"]
    return [json.loads(JsonFormatter().format(record)) for record in records]


def test_a_request_is_one_line_without_any_of_its_text(
    app: FastAPI, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "spamguard")
    body = json.dumps({"text": SECRET}).encode()
    with serving(app) as client:
        headers = {"Content-Type": "application/json", "X-Request-ID": "a-1"}
        answer = client.post(f"/clean?text={SECRET}", content=body, headers=headers)
        client.get(f"/{SECRET}")
        client.request(SECRET.upper(), "/healthz")
    first, second, third = logged(caplog)
    assert first["request_id"] == answer.headers["x-request-id"] == "a-1"
    assert (first["method"], first["path"], first["status"]) == ("POST", "/clean", 200)
    assert (first["n_bytes_in"], first["n_bytes_out"]) == (len(body), len(answer.content))
    assert isinstance(first["duration_s"], float)
    assert (second["path"], second["status"]) == ("other", 404)
    assert (third["method"], third["status"]) == ("other", 405)
    assert SECRET.lower() not in caplog.text.lower() + str(logged(caplog)).lower()


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, 'a"b', "ä"])
def test_an_id_that_could_be_text_is_replaced(client: httpx.Client, given: str) -> None:
    answer = client.get("/healthz", headers={b"X-Request-ID": given.encode()})
    assert len(answer.headers["x-request-id"]) == 32


def test_ids_differ(client: httpx.Client) -> None:
    assert len({client.get("/healthz").headers["x-request-id"] for _ in range(3)}) == 3


def test_a_caller_who_hangs_up_is_a_line_and_no_fault(
    app: FastAPI, serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "spamguard")
    with serving(app) as client:
        where = (client.base_url.host, client.base_url.port)
        with socket.create_connection(where) as connection:
            head = "POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            head += "Content-Length: 99\r\n"
            connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 100")
            connection.sendall(b'{"text": ')
    [line] = logged(caplog)
    assert (line["path"], line["status"], line["n_bytes_out"]) == ("/clean", 499, 0)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_exception_is_written_as_its_type_and_places() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError:
        record = logging.LogRecord("here", logging.ERROR, "", 0, "failed\n%s", ("so",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert SECRET not in line
    fields = json.loads(line)
    assert (fields["error"], fields["message"], fields["level"]) == ("KeyError", "failed\nso", "error")
    assert "test_requestlog.py" in fields["places"][-1]

"""The client gives what the library gives, and comes back when it is told to."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.calls import BATCH_CHARS, BATCH_TEXTS, MAX_RETRY_AFTER_S
from spamguard.errors import InputError, MissingExtraError, ServiceError
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

TOKEN = "a-token-of-some-length"


@pytest.fixture(scope="module")
def url(guard: spamguard.Guard, serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that wants a token and keeps feedback."""
    file = tmp_path_factory.mktemp("store") / "feedback.sqlite"
    settings = Settings(tokens=(TOKEN,), feedback=f"sqlite:{file}", max_text_chars=5_000)
    with serving(create_app(settings, guard=guard)) as client:
        yield str(client.base_url)


def test_results_are_those_of_the_library(url: str, guard: spamguard.Guard, polluted: str) -> None:
    with spamguard.Client(url, token=TOKEN) as client:
        result = client.clean(polluted)
        assert result == guard.clean(polluted)
        assert spamguard.restore(result) == polluted
        assert client.detect(polluted) == list(result.spans)
        assert client.clean(polluted, categories=[]).text == polluted
        assert client.model()["model"] == guard.model_id


def test_many_texts_come_back_in_order_over_several_requests(url: str) -> None:
    texts = [f"Day {number}." for number in range(BATCH_TEXTS + 3)]
    with spamguard.Client(url, token=TOKEN) as client:
        assert [result.text for result in client.clean_many(iter(texts))] == texts


def test_texts_that_are_too_long_for_one_body_go_in_several(guard: spamguard.Guard, serving: Serving) -> None:
    settings = Settings(max_body_bytes=3 * BATCH_CHARS, feedback="off")
    texts = ["Trains run again. " * 5_000] * 10
    with (
        serving(create_app(settings, guard=guard)) as served,
        spamguard.Client(str(served.base_url)) as client,
    ):
        assert [result.text for result in client.clean_many(texts)] == texts


def test_what_a_result_cannot_hold_is_refused_before_it_is_asked_for(url: str) -> None:
    asked: list[dict[str, object]] = [{"offsets": "utf16"}, {"offsets": "byte"}, {"reasons": True}]
    with spamguard.Client(url, token=TOKEN) as client:
        for options in asked:
            with pytest.raises(InputError, match="count code points, and it holds no reasons"):
                client.clean("good", **options)
        assert client.clean("good", offsets="codepoint", reasons=False).text == "good"


def test_the_async_client_gives_the_same(url: str, guard: spamguard.Guard, polluted: str) -> None:
    async def ask() -> None:
        async with spamguard.AsyncClient(url, token=TOKEN) as client:
            first, second = await asyncio.gather(client.clean(polluted), client.clean("good \ud800"))
            assert (first, second) == (guard.clean(polluted), guard.clean("good \ud800"))
            assert [result.text async for result in client.clean_many(["a", "b"])] == ["a", "b"]
            assert await client.detect(polluted) == list(first.spans)
            assert len(await client.feedback("an ad", 3, 5, "missed", "seo")) == 32
            assert (await client.model())["model"] == guard.model_id

    asyncio.run(ask())


def test_the_same_verdict_has_the_same_id(url: str) -> None:
    with spamguard.Client(url, token=TOKEN) as client:
        assert len({client.feedback("an ad", 3, 5, "wrong") for _ in range(2)}) == 1


def test_a_refusal_is_an_error_that_says_what_was_wrong(url: str) -> None:
    with spamguard.Client(url, token=TOKEN) as client:
        with pytest.raises(ServiceError, match="text-too-long") as caught:
            client.clean("x" * 5_001)
        assert (caught.value.status, caught.value.kind) == (413, "text-too-long")
        with pytest.raises(ServiceError, match="#/threshold"):
            client.clean("x", threshold=2)
        with pytest.raises(ServiceError, match="text-too-long"):
            list(client.clean_many(["good", "x" * 5_001]))
    with spamguard.Client(url) as client, pytest.raises(ServiceError, match="unauthorized"):
        client.clean("x")


class Moody(BaseHTTPRequestHandler):
    """Answers with what its server has in store: a status with the wait that it names, or nothing at all."""

    body: bytes | None = None

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        status, wait = self.server.moods.pop(0)  # type: ignore[attr-defined]
        if not status:
            self.connection.close()
            return
        reply = {"text": "good", "spans": [], "edits": []}
        usual = json.dumps(reply if status == 200 else {"type": "urn:x:busy", "detail": "busy"}).encode()
        body = usual if self.body is None else self.body
        self.send_response(status)
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def moods() -> Iterator[tuple[str, list[tuple[int, str | None]]]]:
    """The URL of a moody service, and its moods to come."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Moody) as server:
        server.moods = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", server.moods  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client waited, without waiting them."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("spamguard.client.time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setattr("spamguard.client._rest", sleep)
    return waited


Moods = tuple[str, list[tuple[int, str | None]]]


def clean(url: str, *, is_async: bool, n_retries: int = 5) -> str:
    """Clean a text by either client."""
    if not is_async:
        with spamguard.Client(url, n_retries=n_retries) as client:
            return client.clean("good").text

    async def ask() -> str:
        async with spamguard.AsyncClient(url, n_retries=n_retries) as client:
            return (await client.clean("good")).text

    return asyncio.run(ask())


@pytest.mark.parametrize("is_async", [False, True])
def test_a_busy_service_is_asked_again_when_it_said(moods: Moods, waits: list[float], is_async: bool) -> None:
    url, coming = moods
    coming += [(503, "7"), (429, "2"), (200, None)]
    assert clean(url, is_async=is_async) == "good"
    assert waits == [7, 2]


def test_a_wait_may_be_named_by_its_end(moods: Moods, waits: list[float]) -> None:
    url, coming = moods
    far, near, past = (formatdate(time.time() + wait_s, usegmt=True) for wait_s in (3_600, 30, -30))
    coming += [(503, near), (503, past), (200, None)]
    assert clean(url, is_async=False) == "good"
    assert 28 < waits[0] <= 30
    assert waits[1:] == [0]
    coming += [(503, far)]
    with pytest.raises(ServiceError, match="busy"):
        clean(url, is_async=False)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_broken_connection_is_tried_again_after_longer_and_longer_waits(
    moods: Moods, waits: list[float], is_async: bool
) -> None:
    url, coming = moods
    coming += [(0, None), (502, None), (0, None), (200, None)]
    assert clean(url, is_async=is_async) == "good"
    for attempt, wait_s in enumerate(waits):
        assert 0.05 * 2**attempt <= wait_s <= 0.1 * 2**attempt


@pytest.mark.parametrize("is_async", [False, True])
def test_after_the_last_attempt_the_refusal_is_raised(
    moods: Moods, waits: list[float], is_async: bool
) -> None:
    url, coming = moods
    coming += [(503, "1")] * 3
    with pytest.raises(ServiceError, match="busy") as caught:
        clean(url, is_async=is_async, n_retries=2)
    assert (caught.value.status, waits, coming) == (503, [1, 1], [])
    coming += [(0, None)]
    with pytest.raises(ServiceError, match="unreachable"):
        clean(url, is_async=is_async, n_retries=0)


@pytest.mark.parametrize("mood", [(503, str(int(MAX_RETRY_AFTER_S) + 1)), (400, "1"), (500, None)])
def test_what_would_not_help_is_not_tried_again(
    moods: Moods, waits: list[float], mood: tuple[int, str | None]
) -> None:
    url, coming = moods
    coming += [mood]
    with pytest.raises(ServiceError):
        clean(url, is_async=False)
    assert waits == []


def test_another_kind_of_server_is_told_from_spamguard(url: str) -> None:
    with spamguard.Client(f"{url}/review/nothing.js") as client, pytest.raises(ServiceError):
        client.clean("good")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"errors": "boom"}'),
        (500, b'{"errors": null}'),
        (400, b'{"errors": [{"code": 1}, 5], "detail": null, "type": null}'),
        (200, b"{}"),
        (200, b'{"text": 5, "error": "boom"}'),
        (200, b'{"results": []}'),
        (200, b'{"results": [5]}'),
        (200, b"[]"),
    ],
)
def test_any_other_answer_is_an_error_of_the_service(
    moods: Moods, status: int, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, coming = moods
    monkeypatch.setattr(Moody, "body", body)
    coming += [(status, None)] * 2
    with spamguard.Client(url) as client:
        with pytest.raises(ServiceError):
            client.clean("good")
        with pytest.raises(ServiceError):
            list(client.clean_many(["good"]))


@pytest.mark.parametrize(
    ("given", "n_retries"), [("localhost:8000", 1), ("file:///etc/passwd", 1), ("http://h", -1)]
)
def test_what_is_no_url_or_number_is_refused(given: str, n_retries: int) -> None:
    with pytest.raises(InputError):
        spamguard.Client(given, n_retries=n_retries)


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match=r"spamguard\[client\]"):
        spamguard.Client("http://localhost")

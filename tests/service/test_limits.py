"""Bodies are bounded by what arrives, the queue by its places."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from spamguard.service import limits
from spamguard.service.limits import BodyLimit
from spamguard.service.problems import ProblemError
from spamguard.service.settings import Settings
from spamguard.service.workers import Workers

HEADERS = {"Content-Type": "application/json"}


def padded(n_bytes: int) -> bytes:
    """A good request of so many bytes."""
    return b'{"text": "good"}'.ljust(n_bytes)


def chunks(body: bytes) -> Iterator[bytes]:
    """A body in pieces, which a client sends without announcing its length."""
    for start in range(0, len(body), 1_000):
        yield body[start : start + 1_000]


def test_a_body_may_be_as_long_as_the_limit(client: httpx.Client, settings: Settings) -> None:
    body = padded(settings.max_body_bytes)
    assert client.post("/clean", content=body, headers=HEADERS).status_code == 200
    assert client.post("/clean", content=chunks(body), headers=HEADERS).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("excess", [1, 50_000])
def test_a_longer_body_is_refused_announced_or_not(
    client: httpx.Client, settings: Settings, announced: bool, excess: int
) -> None:
    body = padded(settings.max_body_bytes + excess)
    answer = client.post("/clean", content=body if announced else chunks(body), headers=HEADERS)
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:spamguard:problem:body-too-large"
    assert answer.headers["connection"] == "close"


def test_a_client_that_sends_all_before_it_reads_gets_the_refusal(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 0, timeout=30)
    with closing(connection):
        connection.request("POST", "/clean", b" " * 20_000_000, HEADERS)
        assert connection.getresponse().status == 413


def test_a_client_that_asks_first_is_refused_before_it_sends(client: httpx.Client) -> None:
    where = (client.base_url.host, client.base_url.port or 0)
    head = "POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 1000000000\r\n"
    with socket.create_connection(where, timeout=30) as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_that_nobody_reads_does_no_harm(client: httpx.Client, settings: Settings) -> None:
    body = padded(settings.max_body_bytes * 2)
    assert client.request("GET", "/healthz", content=body).status_code == 200


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that wants the whole body."""
    while (await receive())["more_body"]:
        pass


async def refuse(receive: Receive) -> None:
    """Let the limit refuse a body of more than ten bytes."""
    scope: Scope = {"type": "http", "headers": []}

    async def send(message: Message) -> None:
        raise AssertionError("a refusal is not the limit's to send")

    with pytest.raises(ProblemError, match="10 bytes"):
        await BodyLimit(read_all, 10)(scope, receive, send)


def test_a_body_without_end_is_not_read_for_ever() -> None:
    piece = bytes(1024 * 1024)
    n_read = 0

    async def endless() -> Message:
        nonlocal n_read
        n_read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    asyncio.run(refuse(endless))
    assert n_read <= limits.LINGER_BYTES + 2 * len(piece)


def test_a_refused_body_that_stalls_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINGER_S", 0.01)
    pieces = [bytes(11)]

    async def stalling() -> Message:
        if not pieces:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": pieces.pop(), "more_body": True}

    asyncio.run(asyncio.wait_for(refuse(stalling), 10))


def test_a_full_queue_refuses_at_once_and_recovers() -> None:
    workers = Workers(n_threads=1, n_waiting=1, retry_after_s=3)
    release = threading.Event()

    async def crowd() -> list[object]:
        taken = [asyncio.create_task(workers.run(release.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError) as caught:
            await workers.run(release.wait)
        release.set()
        return [caught.value, *await asyncio.gather(*taken), await workers.run(lambda: "again")]

    problem, *answers = asyncio.run(crowd())
    workers.close()
    assert isinstance(problem, ProblemError)
    assert (problem.status, problem.headers) == (503, {"Retry-After": "3"})
    assert answers == [True, True, "again"]


def test_a_request_given_up_keeps_its_place_until_its_thread_is_free() -> None:
    workers = Workers(n_threads=1, n_waiting=0, retry_after_s=1)
    began, release = threading.Event(), threading.Event()

    def task() -> None:
        began.set()
        release.wait()

    async def give_up() -> str:
        waiting = asyncio.create_task(workers.run(task))
        await asyncio.to_thread(began.wait)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ProblemError):
            await workers.run(lambda: "too early")
        release.set()
        while True:
            try:
                return await workers.run(lambda: "free")
            except ProblemError:
                await asyncio.sleep(0.001)

    assert asyncio.run(asyncio.wait_for(give_up(), 10)) == "free"
    workers.close()


def test_a_task_that_fails_frees_its_place() -> None:
    workers = Workers(n_threads=1, n_waiting=0, retry_after_s=1)

    async def fail_twice() -> None:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await workers.run(lambda: 1 // 0)
            await asyncio.sleep(0.01)

    asyncio.run(fail_twice())
    workers.close()

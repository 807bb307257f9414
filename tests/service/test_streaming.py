"""A stream is cleaned line by line, in order, in bounded memory, as fast as it is read."""

from __future__ import annotations

import asyncio
import gzip
import json
import select
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings
from spamguard.service.streaming import split_lines

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

HEADERS = {"Content-Type": "application/x-ndjson"}


def split(pieces: list[bytes], max_bytes: int) -> list[bytes | None]:
    """The lines of a body that comes in pieces."""

    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def lines() -> list[bytes | None]:
        return [line async for line in split_lines(body(), max_bytes)]

    return asyncio.run(lines())


@given(st.lists(st.text(st.sampled_from("ab\n"), max_size=8).map(str.encode), max_size=8), st.integers(1, 6))
def test_lines_do_not_hang_on_the_pieces(pieces: list[bytes], max_bytes: int) -> None:
    whole = [line for line in b"".join(pieces).split(b"\n") if line]
    assert split(pieces, max_bytes) == [line if len(line) <= max_bytes else None for line in whole]


@pytest.mark.parametrize("blank", [b"\n", b" \r\n", b"\n\x0b\n"])
def test_blank_lines_cost_no_more_than_their_bytes(blank: bytes) -> None:
    # One by one they took ten seconds, all of it on the event loop.
    lines = blank * (20_000_000 // len(blank))
    began = time.process_time()
    assert split([b'{"a"', b":1}\n" + lines, b"b"], 100) == [b'{"a":1}', b"b"]
    assert time.process_time() - began < 2


def stream(client: httpx.Client, content: bytes | Iterator[bytes], **headers: str) -> list[dict[str, object]]:
    """The results of a stream."""
    answer = client.post("/clean/stream", content=content, headers={**HEADERS, **headers})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_is_answered_in_order_and_a_bad_one_with_its_error(
    client: httpx.Client, settings: Settings
) -> None:
    texts = [f"Trains run again on day {number}." for number in range(50)]
    lines = [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(texts)]
    lines[7] = b"{"
    lines[9] = b'{"id": 9, "text": "' + b"x" * settings.max_body_bytes + b'"}'
    results = stream(client, b"\r\n".join(lines))
    assert [result.get("id") for result in results] == [
        None if number in (7, 9) else number for number in range(50)
    ]
    assert [result["error"]["status"] for result in results if "error" in result] == [400, 413]  # type: ignore[index]
    assert results[49]["text"] == texts[49]


def test_a_stream_may_be_longer_than_a_body_and_packed(client: httpx.Client, settings: Settings) -> None:
    n_lines = 6
    content = (b'{"text":"good one"}'.ljust(settings.max_body_bytes // 3) + b"\n") * n_lines
    assert len(stream(client, gzip.compress(content), **{"Content-Encoding": "gzip"})) == n_lines


def test_a_stream_that_stalls_ends_with_an_error_in_its_last_line(
    guard: spamguard.Guard, serving: Serving
) -> None:
    with serving(create_app(Settings(receive_s=1), guard=guard)) as client:
        where = (client.base_url.host, client.base_url.port or 0)
        head = "POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        with socket.create_connection(where, timeout=30) as connection, connection.makefile("rb") as answer:
            connection.sendall(f'{head}Content-Length: 99\r\n\r\n{{"text": "good"}}\n{{"te'.encode())
            lines = [json.loads(line) for line in iter(answer.readline, b"0\r\n") if line.startswith(b"{")]
    assert lines[0]["text"] == "good"
    assert lines[1]["error"]["status"] == 408


def test_each_result_comes_before_the_next_text_is_sent(client: httpx.Client) -> None:
    where = (client.base_url.host, client.base_url.port or 0)
    head = "POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
    with socket.create_connection(where, timeout=30) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for number in range(3):
            line = json.dumps({"id": number, "text": "good"}).encode() + b"\n"
            connection.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            while (found := answer.readline()) and not found.startswith(b'{"id"'):
                pass
            assert json.loads(found)["id"] == number
        connection.sendall(b"0\r\n\r\n")
        while (end := answer.readline()).strip() in (b"", b"2", b"0"):
            if end == b"0\r\n":
                break
        assert end == b"0\r\n"


def test_a_reader_who_does_not_read_stops_the_work_and_loses_nothing(
    guard: spamguard.Guard, serving: Serving
) -> None:
    n_cleaned = 0

    class Counting(spamguard.Guard):
        """Counts what it cleans, and finds nothing."""

        def clean_many(self, texts, **_):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202
            nonlocal n_cleaned
            for text in texts:
                n_cleaned += 1
                yield spamguard.CleanResult(text)

    counting = Counting(guard._detector)
    line = json.dumps({"text": "good news " * 4_000}).encode() + b"\n"
    n_lines = 500
    with serving(create_app(Settings(), guard=counting)) as client:
        where = (client.base_url.host, client.base_url.port or 0)
        with socket.create_connection(where, timeout=1) as connection:
            head = "POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            head += f"Content-Type: application/x-ndjson\r\nContent-Length: {len(line) * n_lines}\r\n\r\n"
            connection.sendall(head.encode())
            content, n_sent = memoryview(line * n_lines), 0
            while True:
                try:
                    n_sent += connection.send(content[n_sent : n_sent + 65_536])
                except TimeoutError:
                    break
            n_before = n_cleaned
            assert n_before < n_lines / 2
            connection.settimeout(30)
            connection.setblocking(False)
            received = _exchange(connection, content[n_sent:])
    assert n_cleaned == n_lines
    assert received.count(b'"changed":false') == n_lines


def _exchange(connection: socket.socket, rest: memoryview) -> bytes:
    """Send the rest while reading all that comes."""
    received = bytearray()
    while True:
        readable, writable, _ = select.select([connection], [connection] if rest else [], [], 30)
        assert readable or writable, "nothing moves"
        if readable:
            piece = connection.recv(1 << 20)
            if not piece:
                return bytes(received)
            received += piece
        if writable and rest:
            rest = rest[connection.send(rest[:65_536]) :]

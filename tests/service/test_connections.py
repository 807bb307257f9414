"""Who holds a connection and neither asks nor reads loses it, and keeps nobody else from being served."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
from tests.service.test_run import Server, served

from spamguard.service.wire import Problem

N_TEXTS, CHARS = 7, 999_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A service that gives its callers a second."""
    with served(SPAMGUARD_RECEIVE_S="1", SPAMGUARD_FEEDBACK="off") as server:
        server.wait_for("Application startup complete.")
        yield server


def connect(url: httpx.URL, n_buffered: int | None = None) -> socket.socket:
    """Open a connection, on which little is received that is not read."""
    connection = socket.socket()
    if n_buffered:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, n_buffered)
    connection.settimeout(30)
    connection.connect((url.host, url.port or 0))
    return connection


@pytest.mark.parametrize("head", ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_connection_over_which_no_whole_head_comes_is_closed(server: Server, head: str) -> None:
    with connect(server.url) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1_000) == b""


def test_a_head_that_comes_a_byte_at_a_time_is_not_waited_for_longer(server: Server) -> None:
    began = time.monotonic()
    with connect(server.url) as connection, suppress(ConnectionError):
        while time.monotonic() < began + 10:
            connection.sendall(b"G")
            time.sleep(0.1)
    assert time.monotonic() < began + 10


@pytest.mark.parametrize(
    "sent", [b"no http\x00\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"]
)
def test_what_is_no_http_gets_the_one_shape_of_errors(server: Server, sent: bytes) -> None:
    with connect(server.url) as connection:
        connection.sendall(sent)
        head, _, body = connection.recv(10_000).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head.lower()
    assert Problem.model_validate_json(body).type == "urn:spamguard:problem:bad-request"


def test_a_stream_that_turns_into_no_http_is_broken_off_without_a_fault() -> None:
    head = "POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
    with served(SPAMGUARD_FEEDBACK="off") as server:
        with connect(server.url) as connection:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
            connection.sendall(b"no chunk\r\n")
            while connection.recv(1_000):
                pass
        assert server.end() == 0
    assert not [record for record in server.lines if record["level"] == "error"]


@contextmanager
def asked_for_much(server: Server) -> Iterator[tuple[socket.socket, int]]:
    """A connection on which a long answer has begun to arrive, and the length of its body."""
    fields = ",".join(['"' + "a" * CHARS + '"'] * N_TEXTS)
    body = f'{{"texts":[{fields}]}}'.encode()
    head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with connect(server.url, 64_000) as connection:
        connection.sendall(f"POST /clean/batch HTTP/1.1\r\n{head}".encode() + body)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(1)
        lines = received.lower().split(b"\r\n")
        [length] = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")]
        yield connection, length


def read(connection: socket.socket, n_bytes: int, pause_s: float) -> int:
    """Read so many bytes, or up to the end, with pauses; return how many came."""
    n_read = n_since = 0
    with suppress(ConnectionResetError):
        while n_read < n_bytes and (piece := connection.recv(min(65_536, n_bytes - n_read))):
            n_read, n_since = n_read + len(piece), n_since + len(piece)
            if n_since > 1_000_000:
                n_since = 0
                time.sleep(pause_s)
    return n_read


def test_an_answer_that_nobody_reads_is_not_kept(server: Server) -> None:
    with asked_for_much(server) as (connection, length):
        time.sleep(4)
        assert read(connection, length, 0) < length


def test_an_answer_that_is_read_slowly_arrives_whole(server: Server) -> None:
    with asked_for_much(server) as (connection, length):
        assert read(connection, length, 0.6) == length


def test_connections_beyond_the_usual_bound_of_descriptors_leave_the_rest_served() -> None:
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, most))
    try:
        with served(SPAMGUARD_FEEDBACK="off") as server, ExitStack() as stack:
            resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))
            for _ in range(200):
                stack.enter_context(connect(server.url))
            assert httpx.get(server.url.join("/healthz"), timeout=20).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


def test_a_stream_that_outlasts_the_service_is_told_so_in_its_last_line() -> None:
    head = "POST /clean/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
    line = b'{"id": 1, "text": "good"}\n'
    with served(SPAMGUARD_DRAIN_S="1", SPAMGUARD_FEEDBACK="off") as server, connect(server.url) as connection:
        connection.sendall(f"{head}Content-Length: 9999\r\n\r\n".encode() + line)
        with connection.makefile("rb") as answer:
            while not answer.readline().startswith(b'{"id":1'):
                pass
            assert server.end() == 0
            rest = [found.strip() for found in answer if found.strip()]
    assert json.loads(rest[-2])["error"]["type"] == "urn:spamguard:problem:leaving"
    assert rest[-1] == b"0"
    assert not [record for record in server.lines if "Exception" in str(record["message"])]

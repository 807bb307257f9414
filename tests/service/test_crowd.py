"""Many callers at once: each gets its own answer, and those who send nothing keep nobody from it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

import httpx
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

HEAD = (
    b"POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n"
    b"Content-Type: application/json; charset=utf-8\r\n\r\n"
)


def test_callers_whose_texts_are_cleaned_together_each_get_their_own_answer(
    guard: spamguard.Guard, serving: Serving, polluted: str
) -> None:
    texts = [f"{polluted}Day {number}." if number % 3 else f"Day {number}." for number in range(40)]
    asked: list[dict[str, object]] = [
        {"text": text, "mode": ("remove", "detect")[number % 2]} for number, text in enumerate(texts)
    ]
    asked[7] = {"text": 7, "mode": "remove"}
    with serving(create_app(Settings(n_threads=1, feedback="off"), guard=guard)) as client:
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda fields: client.post("/clean", json=fields), asked))
    assert [answer.status_code for answer in answers] == [422 if number == 7 else 200 for number in range(40)]
    for text, fields, answer in zip(texts, asked, answers, strict=True):
        if answer.status_code == 200:
            expected = guard.clean(text)
            assert answer.json()["text"] == (expected.text if fields["mode"] == "remove" else text)
            assert [span["text"] for span in answer.json()["spans"]] == [span.text for span in expected.spans]


def test_connections_that_send_nothing_or_next_to_nothing_leave_the_rest_served(
    guard: spamguard.Guard, serving: Serving
) -> None:
    app = create_app(Settings(receive_s=2, feedback="off"), guard=guard)
    with serving(app) as client, ExitStack() as stack:
        where = (client.base_url.host, client.base_url.port or 0)
        connections = [stack.enter_context(socket.create_connection(where, timeout=30)) for _ in range(150)]
        dribbling = connections[:50]
        for connection in dribbling:
            connection.sendall(HEAD)
        for _ in range(3):
            for connection in dribbling:
                connection.sendall(b" ")
            assert client.post("/clean", json={"text": "The council met."}).status_code == 200
        # They are told so when their time is over.
        assert all(connection.recv(1_000).startswith(b"HTTP/1.1 408 ") for connection in dribbling)

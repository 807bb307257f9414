"""A real server in a thread, on a free port of the loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.run import listen
from spamguard.service.settings import Settings

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

SMALL = Settings(
    max_text_chars=2_000, max_body_bytes=20_000, n_threads=1, n_waiting=1, retry_after_s=7, feedback="off"
)


@contextmanager
def _serving(app: FastAPI) -> Iterator[httpx.Client]:
    config = uvicorn.Config(app, http="h11", log_config=None, access_log=False, lifespan="on", ws="none")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.005)
            with httpx.Client(base_url=f"http://{host}:{port}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serving() -> Serving:
    """Serves an application until the context ends; gives a client to it."""
    return _serving


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Limits that a test can reach."""
    return SMALL


@pytest.fixture(scope="module")
def client(guard: spamguard.Guard, settings: Settings) -> Iterator[httpx.Client]:
    """A client to a server with the shipped model and small limits."""
    with _serving(create_app(settings, guard=guard)) as client:
        yield client

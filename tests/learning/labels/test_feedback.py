from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from spamguard.errors import InputError
from spamguard.learning.labels.feedback import TOKEN_VARIABLE
from spamguard.learning.labels.reading import read_labels

# As GET /feedback sends it.
LINE = {
    "text": "an ad", "source": "feedback", "id": "5b1e",
    "spans": [{"start": 3, "end": 5, "category": "seo", "quote": "ad"}],
    "verdicts": [{"id": "9c", "verdict": "missed", "start": 3, "end": 5, "category": "seo", "quote": "ad"}],
}  # fmt: skip


class Store(BaseHTTPRequestHandler):
    """Answers with one verdict, to whoever has the token."""

    def do_GET(self) -> None:
        """Answer."""
        known = self.headers.get("Authorization") == "Bearer secret"
        self.send_response(200 if known else 403)
        self.end_headers()
        self.wfile.write(json.dumps(LINE).encode() + b"\n")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Where a handler answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/feedback"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def address() -> Iterator[str]:
    """Where a store answers."""
    with serving(Store) as found:
        yield found


def test_feedback_is_read_over_http_and_the_store_is_no_source(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "secret")
    label = read_labels([address]).labels[0]
    assert (label.quotes, label.marks[0].category, label.source, label.id) == (("ad",), "seo", "", "5b1e")


def test_who_may_not_fetch_is_told_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "guess")
    with pytest.raises(InputError, match="no feedback could be fetched: ") as raised:
        read_labels([address])
    assert "guess" not in str(raised.value)


class Astray(BaseHTTPRequestHandler):
    """Sends whoever asks elsewhere, and remembers what it was handed."""

    target = ""
    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        """Answer."""
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(302)
        self.send_header("Location", self.target if self.path == "/feedback" else "/feedback")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_the_token_goes_to_no_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "secret")

    class Elsewhere(Astray):
        seen: ClassVar[list[str | None]] = []

    with serving(Elsewhere) as there:

        class Here(Astray):
            target = there

        with serving(Here) as here, pytest.raises(InputError, match=r"redirected to http://127\.0\.0\.1"):
            read_labels([here])
    assert Here.seen == ["Bearer secret"]
    assert Elsewhere.seen == []


def test_a_redirect_within_the_host_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moved(Store):
        def do_GET(self) -> None:
            """Answer at the new place, and name it at the old one."""
            if self.path == "/new":
                super().do_GET()
                return
            self.send_response(301)
            self.send_header("Location", "/new")
            self.end_headers()

    monkeypatch.setenv(TOKEN_VARIABLE, "secret")
    with serving(Moved) as here:
        assert read_labels([here]).labels[0].quotes == ("ad",)


def test_feedback_is_read_from_a_saved_export_and_a_store_itself_is_refused(tmp_path: Path) -> None:
    export, store = tmp_path / "feedback.jsonl", tmp_path / "feedback.sqlite"
    export.write_text(json.dumps(LINE) + "\n", "utf-8")
    assert read_labels([export], format_name="feedback").labels[0].quotes == ("ad",)
    with sqlite3.connect(store) as connection:
        connection.execute("create table verdicts (id text)")
    connection.close()
    with pytest.raises(InputError, match="a database, not an export; give the address"):
        read_labels([store], format_name="feedback")


@pytest.mark.parametrize("header", [b"Transfer-Encoding: chunked", b"Content-Length: 999"])
def test_an_export_that_breaks_off_is_no_export(header: bytes) -> None:
    class Broken(Store):
        def do_GET(self) -> None:
            """Send one line, and go."""
            line = json.dumps(LINE).encode() + b"\n"
            self.wfile.write(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n" % header)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line) if b"chunked" in header else line)

    with serving(Broken) as here, pytest.raises(InputError, match="be fetched: IncompleteRead"):
        read_labels([here])


def test_what_is_no_address_or_no_answer_is_an_error_in_words() -> None:
    class Babbling(Store):
        def do_GET(self) -> None:
            """Say what is no HTTP."""
            self.wfile.write(b"220 welcome\r\n")

    with (
        serving(Babbling) as here,
        pytest.raises(InputError, match="no feedback could be fetched: BadStatusLine"),
    ):
        read_labels([here])
    with pytest.raises(InputError, match="no feedback could be fetched: InvalidURL"):
        read_labels(["http://127.0.0.1:port/feedback"])


def test_nobody_there_is_an_error_in_words() -> None:
    with pytest.raises(InputError, match="no feedback could be fetched"):
        read_labels(["http://127.0.0.1:9/feedback"])

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


@pytest.fixture
def address() -> Iterator[str]:
    """Where a store answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/feedback"
        server.shutdown()
        thread.join()


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


def test_nobody_there_is_an_error_in_words() -> None:
    with pytest.raises(InputError, match="no feedback could be fetched"):
        read_labels(["http://127.0.0.1:9/feedback"])

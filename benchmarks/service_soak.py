"""The service's memory over many requests of all kinds.

    python -m benchmarks.service_soak                        # 200,000 requests
    python -m benchmarks.service_soak --requests 20000       # a tenth of that

Serves the shipped model and sends it short articles, clean and polluted and no two alike, with batches,
broken bodies, verdicts that are taken back, restorings and probes among them. Prints after every so many
requests what the process holds, and at the end what it grew by; status 1 if a request was answered with a
fault of the service.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from benchmarks.articles import Newsroom
from benchmarks.service_load import free_port, rss_mb

HEADERS = {"Content-Type": "application/json"}
N_TEXTS, N_CONNECTIONS = 400, 16
# Of a hundred requests, how many are of each kind; the rest clean one article.
KINDS = ["batch"] * 3 + ["broken"] * 4 + ["feedback"] * 4 + ["restore"] * 4 + ["metrics", "readyz", "review"]


class Caller:
    """Sends requests over one connection, and counts what came of them."""

    def __init__(self, port: int, texts: list[str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._texts = texts
        self.statuses: Counter[int] = Counter()

    def call(self, number: int) -> None:
        """Send one request, of a kind that its number decides."""
        # Whatever keeps texts would be seen to grow: no two are alike.
        text = f"{self._texts[number % len(self._texts)]}\n{number}"
        kind = KINDS[number % 100] if number % 100 < len(KINDS) else "clean"
        getattr(self, f"_{kind}")(text)

    def _clean(self, text: str) -> None:
        self._ask("POST", "/clean", {"text": text})

    def _batch(self, text: str) -> None:
        self._ask("POST", "/clean/batch", {"texts": [text, text.upper(), 5]})

    def _broken(self, text: str) -> None:
        self._ask("POST", "/clean", {"text": text, text[:20]: 1})

    def _restore(self, text: str) -> None:
        self._ask("POST", "/restore", json.loads(self._ask("POST", "/clean", {"text": text})))

    def _feedback(self, text: str) -> None:
        verdict = {"text": text, "start": 0, "end": 3, "quote": text[:3], "verdict": "wrong"}
        name = json.loads(self._ask("POST", "/feedback", verdict))["id"]
        self._ask("DELETE", f"/feedback/{name}")

    def _metrics(self, _: str) -> None:
        self._ask("GET", "/metrics")

    def _readyz(self, _: str) -> None:
        self._ask("GET", "/readyz")

    def _review(self, _: str) -> None:
        self._ask("GET", "/review")

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        """Send a request and return the answer's body."""
        content = None if body is None else json.dumps(body).encode("ascii")
        try:
            answer = self._send(method, path, content)
        except ConnectionError:
            # The service closes a connection over which nothing came for a while; the next one is new.
            self._connection.close()
            answer = self._send(method, path, content)
        self.statuses[answer.status] += 1
        return answer.read()

    def _send(self, method: str, path: str, content: bytes | None) -> http.client.HTTPResponse:
        """Send a request and return its answer."""
        self._connection.request(method, path, content, HEADERS if content else {})
        return self._connection.getresponse()


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run `spamguard serve` with feedback and a queue for review until the context ends."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {"SPAMGUARD_FEEDBACK": f"sqlite:{folder}/feedback.sqlite", "SPAMGUARD_REVIEW_QUEUE": "100"}
        command = [sys.executable, "-m", "spamguard.cli.main", "serve", "--port", str(port)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, **kept}) as process:
            try:
                wait_until_ready(port)
                yield process
            finally:
                process.terminate()


def wait_until_ready(port: int) -> None:
    """Wait until the service has its model."""
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the service did not start")


def articles() -> list[str]:
    """Return short articles, every other one polluted."""
    newsroom = Newsroom(7)
    clean = [newsroom.article(100 + 2 * number) for number in range(N_TEXTS)]
    return [newsroom.polluted(text).text if number % 2 else text for number, text in enumerate(clean)]


def soak(n_requests: int, every: int) -> int:
    """Send the requests, print the table, and return the number of faults."""
    port = free_port()
    with serving(port) as process, ThreadPoolExecutor(N_CONNECTIONS) as pool:
        callers = [Caller(port, articles()) for _ in range(N_CONNECTIONS)]
        numbers = count()
        print("| requests | MB | open files | threads | requests/s |\n|---|---|---|---|---|", flush=True)
        figures = [_row(process, 0, 0.0)]
        for done in range(every, n_requests + 1, every):
            began = time.perf_counter()
            shares = [[next(numbers) for _ in range(every // N_CONNECTIONS)] for _ in callers]
            list(pool.map(lambda caller, share: [caller.call(one) for one in share], callers, shares))
            figures.append(_row(process, done, every / (time.perf_counter() - began)))
    statuses = sum((caller.statuses for caller in callers), Counter[int]())
    half = len(figures) // 2
    print(f"\nGrown by {figures[-1] - figures[half]:.1f} MB over the second half")
    print(f"Answers by status: {dict(sorted(statuses.items()))}")
    return sum(number for status, number in statuses.items() if status in (500, 507))


def _row(process: subprocess.Popen[bytes], done: int, per_s: float) -> float:
    """Print what the process holds; return its memory."""
    held = rss_mb(process)
    n_files, n_threads = (len(list(Path(f"/proc/{process.pid}/{part}").iterdir())) for part in ("fd", "task"))
    print(f"| {done} | {held:.1f} | {n_files} | {n_threads} | {per_s:.0f} |", flush=True)
    return held


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--every", type=int, default=5_000, help="requests between two lines of the table")
    given = parser.parse_args()
    raise SystemExit(1 if soak(given.requests, given.every) else 0)


if __name__ == "__main__":
    main()

"""The load figures of the service, beside those of an endpoint that does nothing.

    python -m benchmarks.service_load --seconds 20
    python -m benchmarks.service_load --instant    # with a detector that takes no time

Needs wrk (`apt-get install wrk`). Both are served by the same framework and server, with the same request and
the same shape of answer; the one reads the JSON and echoes the text, the other cleans. Prints a table in
Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.articles import Newsroom

TEXT = Newsroom(1).article(3_000)[:3_000]
NOOP = """
import json, sys, uvicorn
from fastapi import FastAPI, Request, Response
app = FastAPI()
@app.post("/clean")
async def clean(request: Request) -> Response:
    text = json.loads(await request.body())["text"]
    reply = {"text": text, "changed": False, "spans": [], "edits": [], "model": "none"}
    return Response(json.dumps(reply), media_type="application/json")
uvicorn.run(app, port=int(sys.argv[1]), http="h11", log_level="error")
"""
INSTANT = """
import sys
import spamguard
from spamguard.cleaner import Guard
from spamguard.service.run import serve
class Instant:
    model_id, manifest = "instant", {}
    def find(self, texts, *, threshold=None, profile=None):
        return [[] for _ in texts]
spamguard.load = lambda *_: Guard(Instant())
serve("127.0.0.1", int(sys.argv[1]))
"""
LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[%s]==]
local pause = %d
function delay() return pause end
function done(summary, latency)
  io.write(string.format("FIGURES %%f %%f %%d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1e3, summary.errors.status + summary.errors.connect + summary.errors.timeout))
end
"""


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(*command: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the context ends."""
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()


def load(port: int, *, n_connections: int, seconds: int, pause_ms: int = 0) -> tuple[float, float, int]:
    """Return requests a second, the 99th percentile of the latency in ms, and the number of errors."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA % (json.dumps({"text": TEXT}), pause_ms))
        script.flush()
        command = ["wrk", "-t1", f"-c{n_connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script.name]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/clean"], capture_output=True, text=True, check=True
        )
    found = re.search(r"FIGURES (\S+) (\S+) (\d+)", done.stdout)
    if not found:
        raise SystemExit(f"wrk gave no figures: {done.stdout}")
    return float(found[1]), float(found[2]), int(found[3])


def rss_mb(process: subprocess.Popen[bytes]) -> float:
    """Return the memory that a process holds, in MB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    """Return the processor time that a process has taken, in seconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_us(process: subprocess.Popen[bytes], port: int, n_connections: int, seconds: int) -> float:
    """Return the processor time of a request in µs; other work on the machine hardly shows in it."""
    before = cpu_s(process)
    per_s, _, _ = load(port, n_connections=n_connections, seconds=seconds)
    return (cpu_s(process) - before) / (per_s * seconds) * 1e6


@contextmanager
def idlers(port: int, number: int, head: bytes = b"") -> Iterator[None]:
    """Hold connections that send nothing but a head."""
    with ExitStack() as stack:
        for _ in range(number):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(head)
        yield


@contextmanager
def dribblers(port: int, number: int) -> Iterator[None]:
    """Hold connections whose body comes byte by byte, one a second."""
    head = (
        b"POST /clean HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    )
    program = (
        "import socket, sys, time\n"
        f"many = [socket.create_connection(('127.0.0.1', {port})) for _ in range({number})]\n"
        f"[one.sendall({head!r}) for one in many]\n"
        "while True:\n"
        "    time.sleep(1)\n"
        "    [one.sendall(b' ') for one in many]\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as process:
        time.sleep(2)
        try:
            yield
        finally:
            process.kill()


def measure(seconds: int, n_connections: int, *, is_instant: bool) -> list[str]:
    """Return the rows of the table."""
    noop_port, port = free_port(), free_port()
    with ExitStack() as stack:
        noop = stack.enter_context(running("-c", NOOP, str(noop_port), port=noop_port))
        serve: tuple[str, ...] = ("-m", "spamguard.cli.main", "serve", "--port", str(port))
        if is_instant:
            serve = ("-c", INSTANT, str(port))
        service = stack.enter_context(running(*serve, port=port))
        for one in (noop_port, port):
            load(one, n_connections=2, seconds=2)
        full = {one: load(one, n_connections=n_connections, seconds=seconds) for one in (noop_port, port)}
        costs = [cpu_us(*one, n_connections, seconds) for one in ((noop, noop_port), (service, port))]
        before_mb = rss_mb(service)
        half = {}
        for one in (noop_port, port):
            pause_ms = round(n_connections / (full[one][0] / 2) * 1_000)
            half[one] = load(one, n_connections=n_connections, seconds=seconds, pause_ms=pause_ms)
        with idlers(port, 1_000):
            idle = load(port, n_connections=n_connections, seconds=seconds)
        with dribblers(port, 100):
            dribbled = load(port, n_connections=n_connections, seconds=seconds)
        after_mb = rss_mb(service)
    n_requests = round(seconds * (half[port][0] + idle[0] + dribbled[0]))
    return [
        "| figure | no-op | spamguard | ratio |",
        "|---|---|---|---|",
        _row("requests/s, all that goes", full[noop_port][0], full[port][0]),
        _row("processor time of a request, µs", *costs),
        _row("p99 at half that load, ms", half[noop_port][1], half[port][1]),
        f"| requests/s with 1,000 idle connections | | {idle[0]:.1f} ({idle[2]} errors) | |",
        f"| requests/s with 100 dribbling connections | | {dribbled[0]:.1f} ({dribbled[2]} errors) | |",
        f"| MB before and after {n_requests} requests | | {before_mb:.0f}, {after_mb:.0f} | |",
    ]


def _row(name: str, noop: float, ours: float) -> str:
    """Return a row that compares."""
    return f"| {name} | {noop:.1f} | {ours:.1f} | {ours / noop:.3f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="length of each of the eight loads")
    parser.add_argument("--connections", type=int, default=16, help="connections that load at a time")
    parser.add_argument(
        "--instant", action="store_true", help="a detector that takes no time: what the service itself costs"
    )
    given = parser.parse_args()
    print("\n".join(measure(given.seconds, given.connections, is_instant=given.instant)))


if __name__ == "__main__":
    main()

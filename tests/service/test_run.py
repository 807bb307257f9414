"""`spamguard serve` as a process: settings, socket, log, and a clean end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

import httpx
import pytest

import spamguard
from spamguard.errors import InputError
from spamguard.model.loading import shipped_folder
from spamguard.service.databases import database_at
from spamguard.service.environment import settings_from
from spamguard.service.run import listen
from spamguard.service.store import Store

ARTICLE = "The bank said so.\n上海贵族宝贝自荐419 • Bank of China's transactions\n"


class Server:
    """A running `spamguard serve` and the lines of its log."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, object]] = []
        self._coming: SimpleQueue[str | None] = SimpleQueue()
        # Read all the time: a server that logs into a full pipe stands still.
        threading.Thread(target=self._read, daemon=True).start()
        self.url = httpx.URL(str(self.wait_for("listening")["url"]))

    def _read(self) -> None:
        """Read the log to its end; a killed server's pipe may be closed before that."""
        assert self.process.stderr
        with suppress(ValueError):
            for line in self.process.stderr:
                self._coming.put(line)
        self._coming.put(None)

    def wait_for(self, message: str) -> dict[str, object]:
        """Go through the log up to a message."""
        for line in iter(self._coming.get, None):
            self.lines.append(json.loads(line))
            if message in str(self.lines[-1]["message"]):
                return self.lines[-1]
        raise AssertionError(f"the server ended without {message!r}: {self.lines}")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, go through the rest of the log, and return the exit status."""
        self.process.send_signal(number)
        self.lines += map(json.loads, iter(self._coming.get, None))
        return self.process.wait(10)


def command(*arguments: str) -> list[str]:
    """The command line of `spamguard serve`."""
    return [sys.executable, "-m", "spamguard.cli.main", "serve", *arguments]


@contextmanager
def served(*arguments: str, port: str = "0", **environment: str) -> Iterator[Server]:
    """Run `spamguard serve`, on a free port if none is named."""
    with subprocess.Popen(
        command("--port", port, *arguments),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def test_a_served_article_comes_back_clean_and_sigterm_ends_with_0(guard: spamguard.Guard) -> None:
    with served() as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        reply = client.post("/clean", json={"text": ARTICLE}).json()
        assert reply == {**guard.clean(ARTICLE).to_dict(), "model": guard.model_id}
        assert reply["changed"]
        assert server.end() == 0
    assert server.url.host == "127.0.0.1"
    assert [line["path"] for line in server.lines if line["message"] == "request"] == [
        "/healthz",
        "/readyz",
        "/clean",
    ]
    assert not [line for line in server.lines if line["level"] != "info"]
    assert "Bank of China" not in str(server.lines)


def test_ctrl_c_ends_with_0() -> None:
    with served() as server:
        server.wait_for("Application startup complete.")
        assert server.end(signal.SIGINT) == 0


def test_sigterm_lets_a_request_finish_that_has_begun() -> None:
    body = json.dumps({"text": ARTICLE}).encode()
    head = "POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += "Expect: 100-continue\r\n"
    with (
        served() as server,
        socket.create_connection((server.url.host, server.url.port), timeout=10) as connection,
    ):
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("Shutting down")
        connection.sendall(body)
        with connection.makefile("rb") as answer:
            assert b" 200 " in answer.readline()
        assert server.process.wait(10) == 0


def test_the_environment_sets_limits() -> None:
    with served(SPAMGUARD_MAX_TEXT_CHARS="3") as server:
        assert httpx.post(server.url.join("/clean"), json={"text": "four"}).status_code == 413


def test_listening_beyond_the_loopback_without_a_token_is_refused_unless_asked_for() -> None:
    status, message = failed("--host", "0.0.0.0", "--port", "0")
    assert status == 2
    assert message.startswith("Error: 0.0.0.0 is not a loopback address: set SPAMGUARD_TOKENS ")
    with served("--host", "0.0.0.0", "--insecure") as server:
        server.wait_for("Application startup complete.")
        assert server.end() == 0
    [warning] = [line for line in server.lines if line["level"] == "warning"]
    assert str(warning["message"]).startswith("0.0.0.0 is not a loopback address")


def test_killed_while_verdicts_come_in_it_has_lost_none_that_it_answered(tmp_path: Path) -> None:
    place = f"sqlite:{tmp_path}/feedback.sqlite"
    answered: set[str] = set()
    with served(SPAMGUARD_FEEDBACK=place) as server:
        killer = threading.Timer(0.5, server.process.kill)
        with httpx.Client(base_url=server.url) as client, suppress(httpx.TransportError):
            for number in range(1_000_000):
                body = {"text": f"text {number}", "start": 0, "end": 4, "quote": "text", "verdict": "right"}
                answered.add(client.post("/feedback", json=body).json()["id"])
                if number == 0:
                    killer.start()
        killer.join()
    store = Store(database_at(place))
    kept = {verdict["id"] for label in store.labels() for verdict in label["verdicts"]}
    store.close()
    assert answered
    assert kept >= answered


def test_sighup_loads_the_model_anew(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    with served("--model", str(folder)) as server:
        server.wait_for("Application startup complete.")
        server.process.send_signal(signal.SIGHUP)
        first = server.wait_for("another model serves")["model"]
        (folder / "manifest.json").write_text("{}")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("the old one serves on")
        assert httpx.get(server.url.join("/readyz")).json()["model"] == first
        assert server.end() == 0


def test_a_restart_next_to_the_old_instance_loses_no_request() -> None:
    with ExitStack() as stack:
        old = stack.enter_context(served(SPAMGUARD_REUSE_PORT="1", SPAMGUARD_LEAVE_S="1"))
        old.wait_for("Application startup complete.")
        port = str(old.url.port)
        stop = threading.Event()

        def load() -> list[bool]:
            answers = []
            with spamguard.Client(str(old.url)) as client:
                while not stop.is_set():
                    answers.append(client.clean("good news").changed)
            return answers

        with ThreadPoolExecutor(2) as pool:
            loads = [pool.submit(load) for _ in range(2)]
            try:
                new = stack.enter_context(served(SPAMGUARD_REUSE_PORT="1", port=port))
                new.wait_for("Application startup complete.")
                assert old.end() == 0
            finally:
                stop.set()
            answers = [answer for one in loads for answer in one.result()]
        assert new.end() == 0
    assert answers
    assert not any(answers)


def failed(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit status and message of a server that does not start."""
    run = subprocess.run(
        command(*arguments), capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )
    assert "Traceback" not in run.stderr
    return run.returncode, run.stderr


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        status, message = failed("--port", port)
    assert (status, message) == (
        2,
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use\n",
    )
    status, message = failed("--port", "0", SPAMGUARD_N_THREADS="many")
    assert (status, message) == (2, "Error: SPAMGUARD_N_THREADS must be a whole number, got 'many'\n")
    status, message = failed("--port", "0", "--model", str(tmp_path))
    assert status == 1
    assert message.startswith("Error: ")


def test_the_model_named_on_the_command_line_comes_before_that_of_the_environment() -> None:
    environment = {"SPAMGUARD_MODEL": "there"}
    assert settings_from(environment, host="h", port=1, model=None).model == Path("there")
    assert settings_from(environment, host="h", port=1, model=Path("here")).model == Path("here")
    assert settings_from({"SPAMGUARD_MODEL": ""}, host="h", port=1, model=None).model is None


def test_what_an_orchestrator_puts_into_the_environment_is_ignored() -> None:
    environment = {
        "SPAMGUARD_PORT": "tcp://10.0.0.1:8000",
        "SPAMGUARD_HOST": "h",
        "SPAMGUARD_SERVICE_PORT": "1",
    }
    settings = settings_from(environment, host="127.0.0.1", port=8000, model=None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize("value", ["", "-1", "1.5", "٣", " 1", "0"])
def test_a_setting_that_is_no_number_or_too_small_is_refused_by_name(value: str) -> None:
    with pytest.raises(InputError, match=r"(?i)max_text_chars must be"):
        settings_from({"SPAMGUARD_MAX_TEXT_CHARS": value}, host="h", port=1, model=None)


def test_connections_do_not_hold_back_small_packets() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_name_is_listened_on_by_its_ipv4_address() -> None:
    with listen("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "two..dots", "x" * 300])
def test_an_unknown_name_is_refused(host: str) -> None:
    with pytest.raises(InputError, match=rf"cannot listen on {re.escape(host)} port 0: no such host"):
        listen(host, 0)

"""`spamguard serve`: a socket, a log, signals, and a clean end."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import logging.config
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

import spamguard
from spamguard.errors import InputError
from spamguard.service.app import create_app
from spamguard.service.connections import allow_many, connections
from spamguard.service.door import Traffic
from spamguard.service.engine import Engine
from spamguard.service.environment import settings_from
from spamguard.service.following import follow
from spamguard.service.problems import ProblemError
from spamguard.service.settings import Settings

LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "spamguard.service.requestlog.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"spamguard": {"level": "INFO"}, "uvicorn": {"level": "INFO"}},
}

_log = logging.getLogger("spamguard.service")


def serve(host: str, port: int, model: Path | None = None, *, insecure: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was taken and leave with status 0.

    SIGHUP loads the model anew, as `POST /model/reload` does; a registry's promotions are followed.

    Parameters
    ----------
    host
        Name or address to listen on.
    port
        Port to listen on; 0 takes a free one, which the log names.
    model
        Folder of a model artefact; by default ``SPAMGUARD_MODEL``, or else the shipped model.
    insecure
        Listen beyond the loopback without any token.

    Raises
    ------
    InputError
        If a setting is wrong, the address cannot be listened on, or others could reach it without a token.
    ArtefactError
        If the model cannot be loaded.
    """
    settings = settings_from(os.environ, host=host, port=port, model=model, insecure=insecure)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    logging.config.dictConfig(LOG_CONFIG)
    allow_many()
    with listen(settings.host, settings.port, reuse_port=settings.reuse_port) as listener:
        address = listener.getsockname()
        check_exposure(address[0], settings)
        app = create_app(settings, guard=spamguard.load(settings.model))
        _announce(*address[:2])
        config = uvicorn.Config(
            app,
            # Of h11, which bounds the size of headers; the faster one does not.
            http=connections(settings.receive_s),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=settings.drain_s,
        )
        _Server(config, app, settings).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that takes its leave before it closes its port, and loads its model anew when told to."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, settings: Settings) -> None:
        super().__init__(config)
        self._engine: Engine = app.state.engine
        self._traffic: Traffic = app.state.traffic
        self._settings = settings
        self._tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen to SIGHUP, and start: a signal that comes as soon as it has started must not end it."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGHUP, self._reload)
        await super().startup(sockets)
        if self._settings.model is not None and self._settings.follow_s:
            self._keep(follow(self._engine, self._settings.model, self._settings.follow_s))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say that the end is near; end when whoever asks whether we are ready has had time to hear it."""
        is_first = not self._traffic.is_leaving
        self._traffic.is_leaving = True
        if is_first and self._settings.leave_s and sig == signal.SIGTERM and self.started:
            self._loop.call_soon_threadsafe(
                self._loop.call_later, self._settings.leave_s, super().handle_exit, sig, frame
            )
        else:
            super().handle_exit(sig, frame)

    def _reload(self) -> None:
        """Load the model anew."""
        self._keep(self._reload_quietly())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work beside the requests; a task that nobody holds may be collected in its midst."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload_quietly(self) -> None:
        """Load the model anew; that it was refused is in the log."""
        with suppress(ProblemError):
            await self._engine.reload()


def check_exposure(host: str, settings: Settings) -> None:
    """Refuse to let others in who bear no token, unless that is what was asked for.

    Parameters
    ----------
    host
        The address that is listened on.
    settings
        Tokens, and whether to go without.

    Raises
    ------
    InputError
        If the address is beyond the loopback and there are no tokens.
    """
    is_open = not settings.tokens and settings.tokens_file is None
    if is_open and not settings.insecure and not _is_loopback(host):
        raise InputError(
            f"{host} is not a loopback address: set SPAMGUARD_TOKENS or SPAMGUARD_TOKENS_FILE, "
            f"or say --insecure if whoever reaches the port may use the service"
        )
    if is_open and not _is_loopback(host):
        _log.warning("%s is not a loopback address, and the service asks for no token", host)


def listen(host: str, port: int, *, reuse_port: bool = False) -> socket.socket:
    """Return a socket that listens; of a name's addresses the first IPv4 one, or else the first.

    Raises
    ------
    InputError
        If the name is unknown, or the address is taken or not this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        listener = socket.create_server(address, family=family, backlog=2048, reuse_port=reuse_port)
    except (OSError, UnicodeError) as error:
        # The socket library adds the address to its own words, a name that is none has no number.
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else "no such host"
        raise InputError(f"cannot listen on {host} port {port}: {reason}") from None
    # Connections inherit it. The event loop sets it only on sockets it made itself, and without it each
    # answer on a kept connection waited 40 ms for the caller's acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _announce(host: str, port: int) -> None:
    """Log where the service listens."""
    shown = f"[{host}]" if ":" in host else host
    _log.info("listening", extra={"fields": {"url": f"http://{shown}:{port}", "pid": os.getpid()}})


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End with status 0. The server puts its own handler in front, and raises the signal again when done."""
    sys.exit(0)

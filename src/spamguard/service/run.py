"""`spamguard serve`: settings from the environment, a socket, a log, and a clean end."""

from __future__ import annotations

import ipaddress
import logging
import logging.config
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

import spamguard
from spamguard.errors import InputError
from spamguard.service.app import create_app
from spamguard.service.settings import Settings

PREFIX = "SPAMGUARD_"
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "spamguard.service.requestlog.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"spamguard": {"level": "INFO"}, "uvicorn": {"level": "INFO"}},
}

_log = logging.getLogger("spamguard.service")


def serve(host: str, port: int, model: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was taken and leave with status 0.

    Parameters
    ----------
    host
        Name or address to listen on.
    port
        Port to listen on; 0 takes a free one, which the log names.
    model
        Folder of a model artefact; by default ``SPAMGUARD_MODEL``, or else the shipped model.

    Raises
    ------
    InputError
        If a setting is wrong or the address cannot be listened on.
    ArtefactError
        If the model cannot be loaded.
    """
    settings = settings_from(os.environ, host=host, port=port, model=model)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    logging.config.dictConfig(LOG_CONFIG)
    with listen(settings.host, settings.port) as listener:
        app = create_app(settings, guard=spamguard.load(settings.model))
        address = listener.getsockname()
        _announce(*address[:2])
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=settings.drain_s,
        )
        uvicorn.Server(config).run(sockets=[listener])


def settings_from(environment: Mapping[str, str], *, host: str, port: int, model: Path | None) -> Settings:
    """Read what the environment sets: ``SPAMGUARD_`` and the setting's name in upper case.

    Parameters
    ----------
    environment
        Variables; others than the settings' are ignored.
    host, port
        Where to listen. Not read from the environment, where an orchestrator puts its own
        ``SPAMGUARD_PORT`` for a service of this name.
    model
        Folder of a model artefact, before ``SPAMGUARD_MODEL``.

    Raises
    ------
    InputError
        If a variable is no number or out of range.

    Examples
    --------
    >>> settings_from({"SPAMGUARD_N_THREADS": "4"}, host="::1", port=0, model=None).n_threads
    4
    """
    if model is None and (path := environment.get(f"{PREFIX}MODEL")):
        model = Path(path)
    numbers = {}
    for name in (field.name for field in fields(Settings) if field.name not in ("host", "port", "model")):
        if (value := environment.get(PREFIX + name.upper())) is not None:
            if not value.isascii() or not value.isdecimal():
                raise InputError(f"{PREFIX}{name.upper()} must be a whole number, got {value!r}")
            numbers[name] = int(value)
    return Settings(host=host, port=port, model=model, **numbers)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; of a name's addresses the first IPv4 one, or else the first.

    Raises
    ------
    InputError
        If the name is unknown, or the address is taken or not this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        listener = socket.create_server(address, family=family)
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
    """Log where the service listens, and warn if that is open to others."""
    shown = f"[{host}]" if ":" in host else host
    _log.info("listening", extra={"fields": {"url": f"http://{shown}:{port}", "pid": os.getpid()}})
    if not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        _log.warning(
            "%s is not a loopback address, and the service asks for no password: "
            "let only a trusted network or a proxy that checks its callers reach it",
            shown,
        )


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End with status 0. The server puts its own handler in front, and raises the signal again when done."""
    sys.exit(0)

"""Settings from the environment."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from spamguard.errors import InputError
from spamguard.service.settings import Settings

PREFIX = "SPAMGUARD_"
# Said on the command line. An orchestrator puts its own SPAMGUARD_PORT for a service of this name.
COMMAND_LINE = ("host", "port", "insecure")


def _whole(name: str, value: str) -> int:
    """Read a whole number."""
    if not value.isascii() or not value.isdecimal():
        raise InputError(f"{name} must be a whole number, got {value!r}")
    return int(value)


def _number(name: str, value: str) -> float:
    """Read a number with or without a fraction."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name} must be a number, got {value!r}")
    return number


def _switch(name: str, value: str) -> bool:
    """Read yes or no."""
    if value not in ("0", "1"):
        raise InputError(f"{name} must be 0 or 1, got {value!r}")
    return value == "1"


def _path(_: str, value: str) -> Path | None:
    """Read a path; an empty one is none."""
    return Path(value) if value else None


def _words(_: str, value: str) -> tuple[str, ...]:
    """Read what commas part."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _text(_: str, value: str) -> str:
    """Read anything."""
    return value


_READERS: dict[str, Callable[[str, str], object]] = {
    "int": _whole,
    "float": _number,
    "bool": _switch,
    "str": _text,
    "Path | None": _path,
    "tuple[str, ...]": _words,
}


def settings_from(environment: Mapping[str, str], **given: Any) -> Settings:  # noqa: ANN401  (any field)
    """Read what the environment sets: ``SPAMGUARD_`` and the setting's name in upper case.

    Parameters
    ----------
    environment
        Variables; others than the settings' are ignored.
    **given
        Settings that come before the environment's; None leaves one to the environment.

    Raises
    ------
    InputError
        If a variable is no number or out of range.

    Examples
    --------
    >>> settings_from({"SPAMGUARD_N_THREADS": "4"}, host="::1", port=0).n_threads
    4
    """
    found = {name: value for name, value in given.items() if value is not None}
    for one in fields(Settings):
        name = PREFIX + one.name.upper()
        if one.name not in found and one.name not in COMMAND_LINE and name in environment:
            found[one.name] = _READERS[str(one.type)](name, environment[name])
    return Settings(**found)

"""What can be set on the service."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from spamguard.errors import InputError

MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the service listens, which model it serves and what it refuses.

    Parameters
    ----------
    host
        Name or address to listen on.
    port
        Port to listen on, 0 to 65535; 0 takes a free one.
    model
        Folder of a model artefact; the shipped model by default.
    max_text_chars
        Longest text in code points.
    max_body_bytes
        Largest request body. JSON may spend six bytes on a character, twelve beyond U+FFFF.
    n_threads
        Texts cleaned at the same time.
    n_waiting
        Texts that may wait for a thread; one more is refused with 503.
    retry_after_s
        Seconds after which a refused caller is asked to come back.
    drain_s
        Seconds that running requests get to finish after SIGTERM.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> Settings(port=0, max_text_chars=100).max_text_chars
    100
    """

    host: str = "127.0.0.1"
    port: int = 8000
    model: Path | None = None
    max_text_chars: int = 1_000_000
    max_body_bytes: int = 8 * 1024 * 1024
    n_threads: int = 2
    n_waiting: int = 64
    retry_after_s: int = 1
    drain_s: int = 30

    def __post_init__(self) -> None:
        """Refuse what no service could run with."""
        if not 0 <= self.port <= MAX_PORT:
            raise InputError(f"port must be 0 to {MAX_PORT}, got {self.port}")
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name in ("port", "n_waiting") else 1
            if isinstance(value, int) and value < least:
                raise InputError(f"{field.name} must be at least {least}, got {value}")

"""What can be set on the service."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path

from spamguard.errors import InputError

MAX_PORT = 65535
# Numbers that may be 0, and what 0 then means is in the docstring.
_MAY_BE_0 = ("port", "n_waiting", "follow_s", "leave_s", "rate_per_s", "review_queue", "review_margin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the service listens, which model it serves, what it keeps and what it refuses.

    Parameters
    ----------
    host
        Name or address to listen on.
    port
        Port to listen on, 0 to 65535; 0 takes a free one.
    model
        Folder of a model artefact, or of a registry; the shipped model by default.
    follow_s
        Seconds between two looks at the registry, whose promotions and rollbacks then serve by themselves; 0
        waits for `POST /model/reload` or SIGHUP.
    tokens
        Tokens that callers must bear, separated by commas; none lets everybody in. A token in front of
        which stands `admin` and a blank may also export feedback and reload the model; if no token is an
        admin's, all are.
    tokens_file
        File with one token a line, read again when it changes.
    insecure
        Listen beyond the loopback without any token, and answer to any name.
    reuse_port
        Let another instance listen on the same port, for a restart without a gap.
    cors_origins
        Origins whose pages may call the service from a browser, separated by commas.
    max_text_chars
        Longest text in code points.
    max_body_bytes
        Largest request body, before and after unpacking, and longest line of a stream. JSON may spend six
        bytes on a character, twelve beyond U+FFFF.
    max_items
        Most texts in a batch.
    n_requests
        Requests that may be under way at the same time; one more is refused with 503.
    n_threads
        Threads that clean; short texts that wait for one are cleaned together, at a third less cost.
    n_waiting
        Texts that may wait for a thread, those of streams apart; one more is refused with 503.
    retry_after_s
        Seconds after which a refused caller is asked to come back.
    receive_s
        Seconds that the head of a request may take to arrive, then its body, or the next piece of a stream;
        and that a caller may leave the rest of an answer unread, streams apart.
    clean_s
        Seconds that a request may wait for a thread and its cleaning.
    rate_per_s
        Requests a second that one token may send, or one address where there are no tokens; 0 is no limit.
    rate_burst
        Requests that it may send at once before that rate holds.
    leave_s
        Seconds between SIGTERM and the closing of the port, in which `/readyz` already says 503.
    drain_s
        Seconds that running requests then get to finish.
    feedback
        Where feedback is kept: `sqlite:` and a file, a `postgresql://` URL, or `off`.
    max_feedback
        Most verdicts that are kept.
    review_queue
        Most texts with uncertain spans that are kept for review; 0 keeps none, as they hold articles.
    review_margin
        How far from its threshold, above or below, a span's score may lie to be uncertain, 0 to 1.

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
    follow_s: int = 5
    tokens: tuple[str, ...] = field(default=(), repr=False)
    tokens_file: Path | None = None
    insecure: bool = False
    reuse_port: bool = False
    cors_origins: tuple[str, ...] = ()
    max_text_chars: int = 1_000_000
    max_body_bytes: int = 8 * 1024 * 1024
    max_items: int = 1_000
    n_requests: int = 512
    n_threads: int = 2
    n_waiting: int = 64
    retry_after_s: int = 1
    receive_s: int = 30
    clean_s: int = 60
    rate_per_s: int = 0
    rate_burst: int = 50
    leave_s: int = 0
    drain_s: int = 30
    # The URL may hold a password.
    feedback: str = field(default="sqlite:~/.local/state/spamguard/feedback.sqlite", repr=False)
    max_feedback: int = 100_000
    review_queue: int = 0
    review_margin: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what no service could run with."""
        if not 0 <= self.port <= MAX_PORT:
            raise InputError(f"port must be 0 to {MAX_PORT}, got {self.port}")
        for one in fields(self):
            value = getattr(self, one.name)
            least = 0 if one.name in _MAY_BE_0 else 1
            if isinstance(value, int | float) and not isinstance(value, bool) and value < least:
                raise InputError(f"{one.name} must be at least {least}, got {value}")
        if not self.review_margin <= 1:
            raise InputError(f"review_margin must be at most 1, got {self.review_margin}")
        if (
            not self.feedback.startswith(("sqlite:", "postgresql://", "postgres://"))
            and self.feedback != "off"
        ):
            raise InputError("feedback must be sqlite: and a file, a postgresql:// URL, or off")

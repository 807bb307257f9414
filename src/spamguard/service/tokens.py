"""The tokens that callers bear."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spamguard.errors import InputError

MIN_CHARS = 16
ADMIN = "admin"

_log = logging.getLogger("spamguard.service")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls, as far as a token says.

    Parameters
    ----------
    key
        The token's digest, or another caller's address: what rates are counted by.
    is_admin
        Whether the caller may also export feedback and reload the model.

    Examples
    --------
    >>> Bearer("127.0.0.1", is_admin=True).is_admin
    True
    """

    key: str
    is_admin: bool


class Tokens:
    """The tokens that are good now, from settings and from a file that is read again when it changes.

    Parameters
    ----------
    given
        Tokens, each with ``admin`` and a blank in front if it is an admin's.
    file
        A file with more of them, one a line; blank lines and those that begin with ``#`` are none.

    Raises
    ------
    InputError
        If a token is too short to be one, or the file cannot be read or holds none.

    Examples
    --------
    >>> tokens = Tokens(["correct-horse-battery", "admin staple-of-all-admins"])
    >>> tokens.bearer("correct-horse-battery").is_admin, tokens.bearer("guessed")
    (False, None)
    """

    def __init__(self, given: Iterable[str] = (), file: Path | None = None) -> None:
        self._given = _read(given, "tokens")
        self._file = file
        self._state: object = None
        self._now = self._given
        if file is not None:
            self._state = _state(file)
            self._now = self._given | _read_file(file)
            if not self._now:
                raise InputError(f"{file} holds no token")

    @property
    def are_wanted(self) -> bool:
        """Whether callers need one; an emptied file does not open the door."""
        return bool(self._given) or self._file is not None

    def bearer(self, token: str) -> Bearer | None:
        """Return who bears a token; none if it is not good."""
        self._refresh()
        digest, found = _digest(token), None
        # All are compared, each in constant time: how long it takes says nothing about any of them.
        for known, is_admin in self._now.items():
            if hmac.compare_digest(known, digest):
                found = Bearer(known.hex(), is_admin or not any(self._now.values()))
        return found

    def _refresh(self) -> None:
        """Read the file again if it changed; if it cannot be read now, the old tokens stay good."""
        if self._file is None or (state := _state(self._file)) == self._state:
            return
        self._state = state
        try:
            self._now = self._given | _read_file(self._file)
            _log.info("tokens read again", extra={"fields": {"n_tokens": len(self._now)}})
        except InputError as error:
            _log.warning("the old tokens stay good: %s", error)


def _state(file: Path) -> object:
    """Return what changes when a file does."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    # The last of them also where the time of the content was set back, or only who may read it was changed.
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


def _read_file(file: Path) -> dict[bytes, bool]:
    """Read a file of tokens."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise InputError(f"{file} cannot be read as a file of tokens: {type(error).__name__}") from None
    return _read([line for line in lines if line.strip() and not line.startswith("#")], str(file))


def _read(items: Iterable[str], place: str) -> dict[bytes, bool]:
    """Return the tokens' digests, and which are an admin's."""
    found = {}
    for number, item in enumerate(items, start=1):
        *role, token = item.split()
        if role not in ([], [ADMIN]) or len(token) < MIN_CHARS or not token.isascii():
            raise InputError(
                f"{place}: token {number} must be {MIN_CHARS} ASCII characters or more without a blank, "
                f"behind nothing or the word {ADMIN}"
            )
        found[_digest(token)] = bool(role)
    return found


def _digest(token: str) -> bytes:
    """Return a token's digest, of equal length for all."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

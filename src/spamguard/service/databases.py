"""The two databases that keep feedback, behind one face."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from spamguard.errors import InputError, MissingExtraError

SQLITE = "sqlite:"
# What was removed is overwritten in the database, but stands in the log of changes until that is emptied.
EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
# One instance at a time makes the tables; the number is any that nothing else uses.
LOCK = "SELECT pg_advisory_xact_lock(20260718)"
# Seconds. What takes longer hangs: the slowest statement reads eight texts of a million characters at most.
CONNECT_S, STATEMENT_S = 5, 10


class Connection(Protocol):
    """What both libraries' connections have."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:  # noqa: ANN401  (a cursor of either)
        """Run a statement."""
        ...

    def commit(self) -> None:
        """End the transaction."""
        ...

    def rollback(self) -> None:
        """Undo the transaction."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """How to talk to a database.

    Parameters
    ----------
    connect
        Opens a connection.
    placeholder
        What stands for a value in a statement.
    begin
        The first statement of each transaction; none if empty.
    before_tables
        A statement to run before the tables are made; none if empty.
    after_removal
        A statement to run when something was taken out for good; none if empty.
    errors
        Base classes of what goes wrong: what the store turns into "unavailable".

    Examples
    --------
    >>> database_at("sqlite::memory:").placeholder
    '?'
    """

    connect: Callable[[], Connection]
    placeholder: str
    begin: str
    before_tables: str
    after_removal: str
    errors: tuple[type[Exception], ...]


def database_at(url: str) -> Database:
    """Return the database that a setting names.

    Parameters
    ----------
    url
        ``sqlite:`` and a file, or a ``postgresql://`` URL.

    Raises
    ------
    InputError
        If it is neither.
    MissingExtraError
        If PostgreSQL's library is not installed.
    """
    if url.startswith(SQLITE):
        path = url.removeprefix(SQLITE)
        return Database(lambda: _open_sqlite(path), "?", "", "", EMPTY_LOG, (sqlite3.Error, OSError))
    if not url.startswith(("postgresql://", "postgres://")):
        raise InputError("feedback must be kept at sqlite: and a file, or a postgresql:// URL")
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtraError("feedback in PostgreSQL", "postgres") from error

    def connect() -> Connection:
        # A network that swallows everything is given up too, which no limit of the server's would end.
        return psycopg.connect(
            url,
            connect_timeout=CONNECT_S,
            tcp_user_timeout=STATEMENT_S * 1000,
            keepalives_idle=STATEMENT_S,
            keepalives_interval=CONNECT_S,
        )

    # Of a transaction and not of the connection, which a pooler in between gives to others, too.
    begin = f"SET LOCAL statement_timeout = {STATEMENT_S * 1000}"
    return Database(connect, "%s", begin, LOCK, "", (psycopg.Error, OSError))


def _open_sqlite(path: str) -> Connection:
    """Open a file so that what is committed survives whatever ends the process or the machine."""
    if path != ":memory:":
        file = Path(path).expanduser()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Articles are in it: nobody else's to read.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        path = str(file)
    connection = sqlite3.connect(path, timeout=CONNECT_S, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection

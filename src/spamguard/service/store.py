"""Keeps verdicts and texts that wait for one, in either database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from spamguard.service.databases import Connection, Database
from spamguard.service.verdicts import Kept, Verdict, as_label, text_id

# Texts that an export reads at a time: each may be as long as a text may be.
PAGE_TEXTS = 8
# Texts are kept as ASCII JSON: neither database takes lone surrogates, and PostgreSQL no NUL.
TABLES = (
    "CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, text TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS verdicts (id TEXT PRIMARY KEY, text_id TEXT NOT NULL REFERENCES texts (id),"
    " created DOUBLE PRECISION NOT NULL, first BIGINT NOT NULL, behind BIGINT NOT NULL, word TEXT NOT NULL,"
    " category TEXT)",
    "CREATE INDEX IF NOT EXISTS verdicts_by_text ON verdicts (text_id, created, id)",
    "CREATE TABLE IF NOT EXISTS queue (id TEXT PRIMARY KEY, created DOUBLE PRECISION NOT NULL,"
    " text TEXT NOT NULL, spans TEXT NOT NULL)",
)


class StoreFullError(Exception):
    """As many verdicts are kept as may be."""


class Store:
    """Keeps verdicts, through one connection and for one thread at a time.

    Parameters
    ----------
    database
        Where.
    max_verdicts
        Most verdicts that are kept.
    max_queued
        Most texts that wait for a verdict; the newest are kept.

    Raises
    ------
    Exception
        One of the database's errors, as from every method.

    Examples
    --------
    >>> from spamguard.service.databases import database_at
    >>> store = Store(database_at("sqlite::memory:"))
    >>> name = store.add(Verdict("an ad", 3, 5, "missed", "seo"))
    >>> [label["spans"][0]["quote"] for label in store.labels()], store.delete(name), store.delete(name)
    (['ad'], True, False)
    """

    def __init__(self, database: Database, max_verdicts: int = 100_000, max_queued: int = 0) -> None:
        self._placeholder, self._begin = database.placeholder, database.begin
        self._after_removal, self._errors = database.after_removal, database.errors
        self._max_verdicts, self._max_queued = max_verdicts, max_queued
        self._connection: Connection = database.connect()
        try:
            self._make_tables(database.before_tables)
        except BaseException:
            self._connection.close()
            raise

    def _make_tables(self, before: str) -> None:
        """Make the tables that are not there."""
        with self._transaction():
            for statement in filter(None, (before, *TABLES)):
                self._connection.execute(statement)

    def add(self, verdict: Verdict) -> str:
        """Keep a verdict, and take its text out of the queue; when this returns it is on the disk.

        Raises
        ------
        StoreFullError
            If there is no room for it.
        """
        row = (verdict.id, verdict.text_id, time.time(), verdict.start, verdict.end, verdict.word)
        with self._transaction():
            self._run(
                "INSERT INTO texts (id, text) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                verdict.text_id,
                json.dumps(verdict.text),
            )
            self._run(
                "INSERT INTO verdicts (id, text_id, created, first, behind, word, category)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET created = excluded.created",
                *row,
                verdict.category,
            )
            self._run("DELETE FROM queue WHERE id = ?", verdict.text_id)
            if self._run("SELECT count(*) FROM verdicts")[0][0] > self._max_verdicts:
                raise StoreFullError
        return verdict.id

    def delete(self, name: str) -> bool:
        """Take a verdict back, with its text if it was the last one on it; say whether there was one."""
        with self._transaction():
            gone = self._run("DELETE FROM verdicts WHERE id = ? RETURNING text_id", name)
            for (text_name,) in gone:
                self._run(
                    "DELETE FROM texts WHERE id = ? AND NOT EXISTS"
                    " (SELECT 1 FROM verdicts WHERE text_id = texts.id)",
                    text_name,
                )
        return self._overwrite(gone)

    def labels(self) -> Iterator[dict[str, Any]]:
        """Yield all texts with their verdicts as labels, a few in memory at a time."""
        after = ""
        while page := self.page(after):
            yield from page
            after = page[-1]["id"]

    def page(self, after: str = "") -> list[dict[str, Any]]:
        """Return the next few labels behind a text's name; none at the end."""
        with self._transaction():
            texts = self._run(
                f"SELECT id, text FROM texts WHERE id > ? ORDER BY id LIMIT {PAGE_TEXTS}", after
            )
            if not texts:
                return []
            rows = self._run(
                "SELECT text_id, id, created, first, behind, word, category FROM verdicts"
                " WHERE text_id > ? AND text_id <= ? ORDER BY text_id, created, id",
                after,
                texts[-1][0],
            )
        kept = {name: [Kept(*row[1:]) for row in group] for name, group in groupby(rows, lambda row: row[0])}
        return [as_label(name, json.loads(text), kept.get(name, [])) for name, text in texts]

    def enqueue(self, text: str, spans: Sequence[dict[str, Any]]) -> None:
        """Keep a text with uncertain spans for review; the oldest go where there are too many."""
        with self._transaction():
            self._run(
                "INSERT INTO queue (id, created, text, spans) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                text_id(text),
                time.time(),
                json.dumps(text),
                json.dumps(list(spans)),
            )
            self._run(
                "DELETE FROM queue WHERE id NOT IN (SELECT id FROM queue ORDER BY created DESC, id LIMIT ?)",
                self._max_queued,
            )

    def queued(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest texts that wait for a verdict."""
        with self._transaction():
            rows = self._run("SELECT id, text, spans FROM queue ORDER BY created DESC, id LIMIT ?", limit)
        return [
            {"id": name, "text": json.loads(text), "spans": json.loads(spans)} for name, text, spans in rows
        ]

    def dequeue(self, name: str) -> bool:
        """Take a text out of the queue; say whether it was there."""
        with self._transaction():
            gone = self._run("DELETE FROM queue WHERE id = ? RETURNING id", name)
        return self._overwrite(gone)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _overwrite(self, gone: Sequence[Any]) -> bool:
        """Leave nothing of what was removed on the disk; say whether anything was."""
        # It is gone for all readers: where another instance is reading just now, the next removal overwrites.
        with suppress(*self._errors):
            if gone and self._after_removal:
                self._run(self._after_removal)
        return bool(gone)

    def _transaction(self) -> _Transaction:
        """Return what commits what is done within, or undoes it."""
        return _Transaction(self._connection, self._begin)

    def _run(self, statement: str, *values: object) -> list[Any]:
        """Run a statement and return its rows."""
        cursor = self._connection.execute(statement.replace("?", self._placeholder), values)
        return list(cursor.fetchall()) if cursor.description else []


class _Transaction:
    """Commits what is done within, or undoes it."""

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection, self._begin = connection, begin

    def __enter__(self) -> None:
        """Begin; both libraries do so at the first statement."""
        if self._begin:
            self._connection.execute(self._begin)

    def __exit__(self, kind: object, *_: object) -> None:
        """End."""
        if kind is None:
            self._connection.commit()
        else:
            self._connection.rollback()

"""The journal of a run: what was found so far, so that a killed run goes on and a run in place is undone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spamguard.batch.answers import Answer
from spamguard.batch.outcomes import Outcome
from spamguard.batch.writing import State, make_folder, state_of, sync_folder
from spamguard.errors import InputError

JOURNAL_NAME = "journal.sqlite3"
_FORMAT = "2"
# At most so much work is lost when a run is killed.
_COMMIT_S = 1.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name BLOB UNIQUE, state TEXT, n_units INTEGER DEFAULT 0, outcome TEXT,
    target BLOB, target_state TEXT, target_digest TEXT, saved TEXT, saved_state TEXT
);
CREATE TABLE IF NOT EXISTS answers (file INTEGER, unit INTEGER, record INTEGER, answer TEXT,
    PRIMARY KEY (file, unit)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the journal knows of a file.

    Parameters
    ----------
    id
        Its number in the journal.
    n_units
        How many of its units were answered.
    outcome
        What became of it, if it was finished.
    """

    id: int
    n_units: int = 0
    outcome: Outcome | None = None


class Journal:
    """Answers and outcomes on disk; a kill loses at most a second's.

    Parameters
    ----------
    folder
        Where it lies; made where it is missing.
    settings
        All that results depend on: a journal of other settings is begun anew.
    is_durable
        Whether a commit outlasts a loss of power, which costs time.

    Raises
    ------
    InputError
        If another run is at work there.
    OSError
        If the folder cannot be written to.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any], *, is_durable: bool = False) -> None:
        self.folder = folder
        make_folder(folder)
        self._settings = _as_text(settings)
        self._is_durable, self.is_broken = is_durable, False
        self._open(is_durable)
        self._due_s = time.monotonic() + _COMMIT_S

    def _open(self, is_durable: bool) -> None:
        """Open the database, and empty it if it is of other settings."""
        self._base = sqlite3.connect(self.folder / JOURNAL_NAME, timeout=0.5, isolation_level="IMMEDIATE")
        try:
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
            self._base.executescript(_SCHEMA)
            found = self._base.execute("SELECT value FROM run WHERE key = 'settings'").fetchone()
            self.is_resumed = found == (self._settings,)
            if not self.is_resumed:
                for table in ("run", "files", "answers"):
                    self._base.execute(f"DELETE FROM {table}")
                self._base.execute("INSERT INTO run VALUES ('settings', ?)", (self._settings,))
            self._base.commit()
        except sqlite3.OperationalError as error:
            self._base.close()
            raise InputError(f"{self.folder}: another run is at work there ({error})") from None
        except sqlite3.DatabaseError as error:
            self._base.close()
            raise InputError(f"{self.folder} holds a damaged journal ({error}): remove it") from None

    def recall(self, name: str, state: State) -> Memory:
        """Return what is known of a file; what was known of one that has changed since is forgotten."""
        key = os.fsencode(name)
        query = "SELECT id, n_units, outcome, target, target_state, state, saved FROM files WHERE name = ?"
        row = self._base.execute(query, (key,)).fetchone()
        if row is not None:
            number, n_units, outcome, target, target_state, known, saved = row
            is_same = json.loads(known) == list(state)
            expected = json.loads(target_state) if target_state else None
            # Cleaned in place it is another file than before, whatever its user has made of it since.
            is_done = not is_same if saved else is_same and _is(target, expected)
            if is_same or is_done:
                return Memory(number, n_units, _outcome(outcome) if outcome and is_done else None)
            self._write("DELETE FROM answers WHERE file = ?", number)
            self._write("DELETE FROM files WHERE id = ?", number)
        return Memory(self._write("INSERT INTO files (name, state) VALUES (?, ?)", key, json.dumps(state)))

    def answers(self, memory: Memory) -> Iterator[tuple[int, int | None, Answer]]:
        """Yield a file's answers that say anything: number of the unit, record, answer; in order."""
        query = "SELECT unit, record, answer FROM answers WHERE file = ? ORDER BY unit"
        for unit, record, line in self._base.execute(query, (memory.id,)):
            yield unit, record, Answer.from_json(line)

    def remember(self, memory: Memory, unit: int, record: int | None, told: str) -> None:
        """Note what the answer to a file's next unit tells, from :meth:`Answer.to_json`."""
        if told:
            self._write("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", memory.id, unit, record, told)

    def advance(self, memory: Memory, n_units: int) -> None:
        """Note how many units of a file were answered."""
        self._write("UPDATE files SET n_units = ? WHERE id = ?", n_units, memory.id)
        if time.monotonic() > self._due_s:
            self.commit()

    def finish(self, memory: Memory, outcome: Outcome, state: State | None, digest: str = "") -> None:
        """Note what became of a file.

        Parameters
        ----------
        memory
            The file.
        outcome
            What became of it; its cleaning is not noted twice.
        state, digest
            Of the result, if there is one.
        """
        fields = [outcome.status, outcome.target, outcome.reason, outcome.n_documents, outcome.n_bytes]
        target = os.fsencode(outcome.target) if state else None
        query = "UPDATE files SET outcome = ?, target = ?, target_state = ?, target_digest = ? WHERE id = ?"
        shown = json.dumps(state) if state else None
        self._write(query, json.dumps(fields), target, shown, digest, memory.id)
        if time.monotonic() > self._due_s:
            self.commit()

    def save_original(self, memory: Memory, source: Path) -> None:
        """Keep a file's content for undoing before it is replaced."""
        name = f"{memory.id:08}"
        saved = self.folder / name
        with suppress(FileNotFoundError):
            os.unlink(saved)
        try:
            # What replaces the file is another one, so that the linked content stays as it is.
            os.link(source, saved)
        except OSError:
            shutil.copy2(source, saved)
            with open(saved, "rb") as stream:
                os.fsync(stream.fileno())
        # Its name must outlast a loss of power before another content takes the original's.
        sync_folder(self.folder)
        status = saved.stat()
        saved_state = json.dumps([status.st_size, status.st_mtime_ns])
        query = "UPDATE files SET saved = ?, saved_state = ? WHERE id = ?"
        self._write(query, name, saved_state, memory.id)

    def _write(self, query: str, *values: object) -> int:
        """Change a table; return the number of the row that was added last."""
        if self.is_broken:
            return 0
        try:
            return self._base.execute(query, values).lastrowid or 0
        except sqlite3.OperationalError as error:
            self._break(error)
            return 0

    def _break(self, error: sqlite3.OperationalError) -> None:
        """Go on without a journal, unless originals are at stake."""
        if self._is_durable:
            raise OSError(f"the undo log cannot be written: {error}") from None
        self.is_broken = True

    def commit(self) -> None:
        """Write what was noted to the disk.

        Raises
        ------
        OSError
            If the disk is full and the journal durable; else the run goes on without one.
        """
        self._due_s = time.monotonic() + _COMMIT_S
        try:
            self._base.commit()
        except sqlite3.OperationalError as error:
            self._break(error)

    def mark_finished(self) -> None:
        """Note that the run came to its end."""
        self._write("INSERT OR REPLACE INTO run VALUES ('finished', '1')")
        self.commit()

    def close(self) -> None:
        """Close it; it stays for a run that goes on."""
        with suppress(OSError):
            self.commit()
        self._base.close()

    def remove(self) -> None:
        """Remove it, with all that it holds."""
        self._base.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _as_text(settings: Mapping[str, Any]) -> str:
    """Return settings in a form that can be compared."""
    return json.dumps({"format": _FORMAT, **settings}, sort_keys=True)


def is_unfinished(folder: Path, settings: Mapping[str, Any]) -> bool:
    """Say whether a folder holds the journal of a run of these settings that never came to its end."""
    try:
        with closing(sqlite3.connect(folder / JOURNAL_NAME, timeout=0.5)) as base:
            found = dict(base.execute("SELECT key, value FROM run"))
    except sqlite3.Error:
        return False
    return found.get("settings") == _as_text(settings) and "finished" not in found


def _is(target: bytes | None, expected: list[int] | None) -> bool:
    """Whether a result is there as it was written; true where there is none to be."""
    if target is None:
        return True
    try:
        return list(state_of(os.stat(target, follow_symlinks=False))) == expected
    except OSError:
        return False


def _outcome(line: str) -> Outcome:
    """Rebuild an outcome; the name is the caller's."""
    status, target, reason, n_documents, n_bytes = json.loads(line)
    return Outcome("", status, None, target, reason, n_documents, n_bytes)

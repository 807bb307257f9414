"""What the first pass found, kept on disk by the text's digest, so that the second need not look again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import weakref
from collections.abc import Sequence
from pathlib import Path

from spamguard.result import CleanResult
from spamguard.seams import Edit, remove
from spamguard.spans import Category, Span

# Rows written together: a transaction for each text would wait for the disk each time.
_ROWS_HELD = 2_000


class Notebook:
    """Results of cleanings and the suspicions beside them, by text.

    Parameters
    ----------
    path
        File of the notebook; it must not exist, or be one written before.

    Examples
    --------
    >>> notebook = Notebook(":memory:")
    >>> notebook.write("It rained.", CleanResult("It rained."), [])
    >>> notebook.read("It rained.")
    (CleanResult(text='It rained.', spans=(), edits=()), [])
    """

    def __init__(self, path: str | Path) -> None:
        # Reads come one at a time under the interpreter's lock, from whichever thread cleans.
        self._store = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA synchronous = OFF")
        self._store.execute(
            "CREATE TABLE IF NOT EXISTS note (digest BLOB PRIMARY KEY, found TEXT) WITHOUT ROWID"
        )
        weakref.finalize(self, self._store.close)
        self._held: dict[bytes, str | None] = {}

    def write(self, text: str, result: CleanResult, suspected: Sequence[Span]) -> None:
        """Note what became of a text; of one without findings, only that it was seen."""
        found = None
        if result.changed or suspected:
            edits = [(edit.start, edit.end) for edit in result.edits]
            found = json.dumps([_packed(result.spans), edits, _packed(suspected)])
        self._held[_digest(text)] = found
        if len(self._held) >= _ROWS_HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held in memory."""
        self._store.execute("BEGIN")
        self._store.executemany("INSERT OR REPLACE INTO note VALUES (?, ?)", self._held.items())
        self._store.execute("COMMIT")
        self._held.clear()

    def read(self, text: str) -> tuple[CleanResult, list[Span]] | None:
        """Return a text's result and suspicions; None for a text that the first pass did not see."""
        digest = _digest(text)
        if self._held:
            self.flush()
        row = self._store.execute("SELECT found FROM note WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        if row[0] is None:
            return CleanResult(text), []
        spans, edits, suspected = json.loads(row[0])
        cleaned = remove(text, edits)
        taken = tuple(Edit(start, end, text[start:end]) for start, end in edits)
        return CleanResult(cleaned, tuple(_unpacked(text, spans)), taken), _unpacked(cleaned, suspected)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


def _packed(spans: Sequence[Span]) -> list[tuple[int, int, float, str]]:
    """Return spans without their text, which JSON might not hold: lone surrogates side by side."""
    return [(span.start, span.end, span.score, span.category) for span in spans]


def _unpacked(text: str, packed: Sequence[tuple[int, int, float, Category]]) -> list[Span]:
    """Return spans of a text."""
    return [Span(start, end, text[start:end], score, category) for start, end, score, category in packed]


def _digest(text: str) -> bytes:
    """Return a text's digest."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

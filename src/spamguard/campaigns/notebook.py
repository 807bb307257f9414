"""What the first pass found, kept on disk by the text's digest, so that the second need not look again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spamguard.result import CleanResult
from spamguard.seams import Edit, remove
from spamguard.spans import Category, Span

# Rows written together: a transaction for each text would wait for the disk each time.
_ROWS_HELD = 2_000


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a text.

    Parameters
    ----------
    result
        Its cleaning in one pass.
    suspected
        Spans of the cleaned text below the threshold.
    needs_look
        Whether a string that recurs over the corpus stands in the text, or may.

    Examples
    --------
    >>> Note(CleanResult("It rained.")).needs_look
    False
    """

    result: CleanResult
    suspected: tuple[Span, ...] = ()
    needs_look: bool = False


class Notebook:
    """Results of cleanings and the suspicions beside them, by text.

    Parameters
    ----------
    path
        File of the notebook; it must not exist, or be one that this version wrote.

    Examples
    --------
    >>> notebook = Notebook(":memory:")
    >>> notebook.write("It rained.", CleanResult("It rained."), [])
    >>> notebook.read(["It rained."])[0]
    Note(result=CleanResult(text='It rained.', spans=(), edits=()), suspected=(), needs_look=False)
    """

    def __init__(self, path: str | Path) -> None:
        # Reads come one at a time under the interpreter's lock, from whichever thread cleans.
        self._store = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA synchronous = OFF")
        self._store.execute(
            "CREATE TABLE IF NOT EXISTS note"
            " (digest BLOB PRIMARY KEY, found TEXT, needs_look INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
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
        self._store.executemany(
            "INSERT INTO note (digest, found) VALUES (?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET found = excluded.found",
            self._held.items(),
        )
        self._store.execute("COMMIT")
        self._held.clear()

    def mark(self, texts: Sequence[str]) -> None:
        """Mark texts that were written as holding a string that recurs; others are passed over."""
        if not texts:
            return
        self.flush()
        self._store.execute("BEGIN")
        self._store.executemany(
            "UPDATE note SET needs_look = 1 WHERE digest = ?", ((_digest(text),) for text in texts)
        )
        self._store.execute("COMMIT")

    def read(self, texts: Sequence[str]) -> list[Note | None]:
        """Return what is known of texts; None for those that the first pass did not see."""
        if self._held:
            self.flush()
        digests = [_digest(text) for text in texts]
        query = f"SELECT digest, found, needs_look FROM note WHERE digest IN ({','.join('?' * len(digests))})"
        rows = {digest: row for digest, *row in self._store.execute(query, digests)}
        return [
            _note(text, *rows[digest]) if digest in rows else None
            for text, digest in zip(texts, digests, strict=True)
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


def _note(text: str, found: str | None, needs_look: int) -> Note:
    """Return what a row says of a text."""
    if found is None:
        return Note(CleanResult(text), (), bool(needs_look))
    spans, edits, suspected = json.loads(found)
    cleaned = remove(text, edits)
    taken = tuple(Edit(start, end, text[start:end]) for start, end in edits)
    result = CleanResult(cleaned, _unpacked(text, spans), taken)
    return Note(result, _unpacked(cleaned, suspected), bool(needs_look))


def _packed(spans: Sequence[Span]) -> list[tuple[int, int, float, str]]:
    """Return spans without their text, which JSON might not hold: lone surrogates side by side."""
    return [(span.start, span.end, span.score, span.category) for span in spans]


def _unpacked(text: str, packed: Sequence[tuple[int, int, float, Category]]) -> tuple[Span, ...]:
    """Return spans of a text."""
    return tuple(Span(start, end, text[start:end], score, category) for start, end, score, category in packed)


def _digest(text: str) -> bytes:
    """Return a text's digest."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

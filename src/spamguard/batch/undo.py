"""Taking a run in place back: every file gets its original content again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spamguard.batch.journal import JOURNAL_NAME
from spamguard.batch.writing import PartFile, digest_of
from spamguard.errors import InputError


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one file.

    Parameters
    ----------
    name
        The file as the user named it when it was cleaned.
    status
        ``restored``: it has its original content again; ``refused``: it was left alone.
    reason
        Why it was refused.

    Examples
    --------
    >>> Undone("a.txt", "restored").reason
    ''
    """

    name: str
    status: Literal["restored", "refused"]
    reason: str = ""


def undo(run: Path) -> Iterator[Undone]:
    """Give every file that a run in place cleaned its original content back.

    The log goes once all of it is undone; files that were refused keep it, so that undoing can be tried
    again.

    Parameters
    ----------
    run
        The folder of the undo log.

    Yields
    ------
    Undone
        One for each file that the run changed, in order.

    Raises
    ------
    InputError
        If there is no undo log.
    """
    if not (run / JOURNAL_NAME).is_file():
        raise InputError(f"{run} is no undo log: `spamguard clean --in-place` names it at the end of a run")
    n_refused = 0
    with closing(sqlite3.connect(run / JOURNAL_NAME, timeout=0.5)) as base:
        query = (
            "SELECT name, target, target_digest, saved, saved_state FROM files WHERE saved IS NOT NULL "
            "AND target_digest <> '' ORDER BY id"
        )
        try:
            for name, target, digest, saved, state in base.execute(query):
                reason = _restore(Path(os.fsdecode(target)), digest, run / saved, json.loads(state))
                n_refused += bool(reason)
                yield Undone(os.fsdecode(name), "refused" if reason else "restored", reason)
        except sqlite3.DatabaseError as error:
            raise InputError(f"{run} cannot be read ({error}): is its run still at work?") from None
    if not n_refused:
        shutil.rmtree(run)
        if not any(run.parent.iterdir()):
            run.parent.rmdir()


def _restore(target: Path, digest: str, saved: Path, state: list[int]) -> str:
    """Give one file its content back; return why not, if it is left alone."""
    try:
        status = saved.stat()
        if [status.st_size, status.st_mtime_ns] != state:
            return "the kept original has changed"
        found = digest_of(target)
        if found == digest_of(saved):
            return ""
        if found != digest:
            return "it has changed since it was cleaned"
        part = PartFile(target)
        try:
            with open(saved, "rb") as original:
                shutil.copyfileobj(original, part.stream)
            part.seal()
            shutil.copystat(saved, part.path)
            part.appear()
        finally:
            part.discard()
    except OSError as error:
        return error.strerror or str(error)
    return ""

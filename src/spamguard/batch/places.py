"""Where a run keeps its journal, and a run in place its undo log."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spamguard.batch.journal import JOURNAL_NAME, Journal, is_unfinished
from spamguard.batch.roots import Root
from spamguard.batch.writing import OWN_PREFIX
from spamguard.errors import InputError

UNDO_FOLDER = f"{OWN_PREFIX}undo"


def open_journal(roots: Sequence[Root], settings: Mapping[str, Any]) -> Journal:
    """Open the journal of a run, or of the same run that was killed.

    Parameters
    ----------
    roots
        What is read and where results go; at least one.
    settings
        All else that results depend on.

    Raises
    ------
    InputError
        If another run is at work there, or the folder cannot be written to.
    """
    paths = [[_absolute(root.source), _absolute(root.target)] for root in roots]
    chosen = {"paths": paths, **settings}
    in_place = roots[0].in_place
    folder = _undo_log(roots[0], chosen) if in_place else _beside(roots[0], paths)
    try:
        return Journal(folder, chosen, is_durable=in_place)
    except OSError as error:
        raise InputError(f"{folder.parent} cannot be written to: {error.strerror}") from None


def _absolute(path: Path) -> str:
    """Return a path as text that JSON holds, whatever bytes are in it."""
    return ascii(os.path.abspath(path))


def _beside(root: Root, paths: Sequence[Sequence[str]]) -> Path:
    """Return the folder for the journal of a run that is not in place: by the first result."""
    digest = hashlib.sha256("\n".join(one for pair in paths for one in pair).encode()).hexdigest()[:16]
    folder = root.target if root.source.is_dir() else root.target.parent
    return folder / f"{OWN_PREFIX}run-{digest}"


def _undo_log(root: Root, settings: Mapping[str, Any]) -> Path:
    """Return the folder for the undo log: that of an unfinished run of the same settings, or a new one."""
    folder = root.target if root.target.is_dir() else root.target.parent
    logs = folder / UNDO_FOLDER
    if logs.is_dir():
        for log in sorted(logs.iterdir()):
            if (log / JOURNAL_NAME).is_file() and is_unfinished(log, settings):
                return log
    # A second run within a second waits in vain for the name: numbers settle it.
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    names = (stamp, *(f"{stamp}-{number}" for number in range(2, 1_000)))
    return next(logs / name for name in names if not (logs / name).exists())

"""Files that a command writes beside its results: a report, a page, tables."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from spamguard.batch.marks import Claim, objection
from spamguard.batch.writing import PartFile, whole_file
from spamguard.errors import InputError


def refuse_taken(paths: Iterable[Path], claim: Claim) -> None:
    """Refuse names that somebody else's files bear, before a long run rather than at its end.

    Parameters
    ----------
    paths
        What would be written whole.
    claim
        By what right.

    Raises
    ------
    InputError
        If one must stay.
    """
    for path in paths:
        if reason := objection(path, claim):
            raise InputError(reason)


def check_report(path: Path, claim: Claim) -> None:
    """Refuse a report that could not be written, or not without a loss.

    Parameters
    ----------
    path
        Where it would go.
    claim
        By what right a file takes the name.

    Raises
    ------
    InputError
        If there is no such folder, or what bears the name must stay.
    """
    if is_stream(path):
        return
    if not path.parent.is_dir():
        raise InputError(f"--report: there is no folder {path.parent}")
    if path.is_symlink():
        # /dev/stdout is one: replaced, it would be gone for everybody.
        raise InputError(f"--report: {path} is a link: name the file itself")
    refuse_taken([path], claim)


def open_report(path: Path | None, claim: Claim) -> AbstractContextManager[BinaryIO | None]:
    """Open a report: a pipe or a device is written to as it is, a file appears whole at the end of the run.

    Parameters
    ----------
    path
        Where, as :func:`check_report` let it pass; None for no report.
    claim
        By what right a file takes the name.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if path is None:
        return nullcontext()
    return open(path, "wb") if is_stream(path) else whole_file(path, claim=claim)


def write_whole(path: Path, claim: Claim, write: Callable[[Path], object]) -> None:
    """Let something write a file that appears whole or not at all; a pipe or a device it writes as it is.

    Parameters
    ----------
    path
        Where, as :func:`refuse_taken` let it pass.
    claim
        By what right the file takes the name.
    write
        Writes to the path that it is given.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if is_stream(path):
        write(path)
        return
    part = PartFile(path, claim)
    try:
        write(part.path)
        part.seal()
        part.appear()
    finally:
        part.discard()


def is_stream(path: Path) -> bool:
    """Say whether a path leads to a pipe, a device or the like, which keeps its name whatever is written.

    Examples
    --------
    >>> is_stream(Path("no such file"))
    False
    """
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False

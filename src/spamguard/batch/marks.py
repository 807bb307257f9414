"""Marks on written files, by which a later run knows its own from what somebody else put there."""

from __future__ import annotations

import filecmp
import hashlib
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NAME = "user.spamguard"


@dataclass(frozen=True, slots=True)
class Claim:
    """By what right a file takes a name.

    Parameters
    ----------
    origin
        What the file is made from: the same command over the same things makes the same.
    overwrite
        Whether it may replace a file that was not made from this.

    Examples
    --------
    >>> Claim("news/a.txt").overwrite
    False
    """

    origin: str
    overwrite: bool = False


def claim_on(*sources: Path, role: str = "result", overwrite: bool = False) -> Claim:
    """Return the claim of what is made from paths, whatever folder the command is run in.

    Parameters
    ----------
    sources
        What it is made from; none for what may give way to the next of its kind, as a report does.
    role
        What it is, where several things are made from them.
    overwrite
        As for :class:`Claim`.
    """
    return Claim("\0".join([role, *map(os.path.abspath, sources)]), overwrite)


def mark(stream: BinaryIO, claim: Claim) -> None:
    """Mark a file to which nothing more is written; in vain where the file system keeps no attributes."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setxattr(stream.fileno(), _NAME, _value(os.fstat(stream.fileno()), claim))


def objection(target: Path, claim: Claim, made: Path | None = None) -> str:
    """Say why a name may not be taken; nothing where it may.

    Parameters
    ----------
    target
        The name.
    claim
        By what right it would be taken.
    made
        What would be given the name: a file of the same content takes nothing from anybody.
    """
    try:
        status = os.lstat(target)
    except OSError:
        return ""
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
        return f"{target} is there and no regular file"
    if claim.overwrite or _is_marked(target, status, claim) or _is_worthless(target, status, made):
        return ""
    return f"{target} is there and not from this command, or has changed since: --overwrite replaces it"


def _is_worthless(target: Path, status: os.stat_result, made: Path | None) -> bool:
    """Whether nothing is lost with a file."""
    if not stat.S_ISREG(status.st_mode):
        return False
    return not status.st_size or (made is not None and filecmp.cmp(target, made, shallow=False))


def _is_marked(target: Path, status: os.stat_result, claim: Claim) -> bool:
    """Whether a file was made by the same claim and left as it was."""
    if sys.platform == "linux":
        with suppress(OSError):
            return os.getxattr(target, _NAME, follow_symlinks=False) == _value(status, claim)
    return False


def _value(status: os.stat_result, claim: Claim) -> bytes:
    """Return the mark of a file in a state."""
    digest = hashlib.sha256(os.fsencode(claim.origin)).hexdigest()[:32]
    return f"{status.st_size} {status.st_mtime_ns} {digest}".encode()

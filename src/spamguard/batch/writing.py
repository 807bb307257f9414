"""Files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# Names of our own: unfinished files, journals, undo logs. A killed run leaves nothing under a final name.
OWN_PREFIX = ".spamguard-"
_PART_SUFFIX = ".part"

State = tuple[int, int, int]


def is_own(name: str) -> bool:
    """Say whether a file name is one that spamguard gives to what is no result.

    Examples
    --------
    >>> is_own(".spamguard-0f3a.part"), is_own("article.txt")
    (True, False)
    """
    return name.startswith(OWN_PREFIX)


def state_of(status: os.stat_result) -> State:
    """Return what differs once somebody else has written to a file: inode, size, time."""
    return status.st_ino, status.st_size, status.st_mtime_ns


class PartFile:
    """A file under a temporary name next to its final one.

    The temporary name follows from the final one, so that the next run takes the place of what a killed
    one left behind.

    Parameters
    ----------
    target
        The final name.

    Attributes
    ----------
    path
        The temporary name.
    stream
        Where to write.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
        self.path = target.with_name(f"{OWN_PREFIX}{digest}{_PART_SUFFIX}")
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        self.stream: BinaryIO = open(self.path, "xb")

    def seal(self, *, like: Path | None = None) -> State:
        """Bring all of it onto the disk; return the state that it has from now on, under either name.

        Parameters
        ----------
        like
            A file whose permissions it gets.
        """
        with self.stream as stream:
            stream.flush()
            if like is not None:
                os.chmod(self.path, stat.S_IMODE(os.stat(like).st_mode))
            os.fsync(stream.fileno())
            return state_of(os.fstat(stream.fileno()))

    def digest(self) -> str:
        """Return the SHA-256 of a sealed file, in hexadecimal."""
        return digest_of(self.path)

    def appear(self) -> None:
        """Give the sealed file its final name; what bears it is replaced, a link and not its target."""
        os.replace(self.path, self.target)

    def discard(self) -> None:
        """Remove it."""
        with suppress(OSError):
            self.stream.close()
        with suppress(OSError):
            os.unlink(self.path)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def whole_file(target: Path, *, like: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only once all of it is on the disk.

    Parameters
    ----------
    target
        The final name; what bears it is replaced, a link itself and not what it points to.
    like
        A file whose permissions the new one gets.

    Yields
    ------
    BinaryIO
        Where to write; if the block raises, nothing stays.

    Raises
    ------
    OSError
        If the folder cannot be written to, or the disk is full.
    """
    part = PartFile(target)
    try:
        yield part.stream
        part.seal(like=like)
        part.appear()
    except BaseException:
        part.discard()
        raise

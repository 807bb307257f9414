"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from spamguard.batch.marks import Claim, mark, objection

# Names of our own: unfinished files, journals, undo logs. A killed run leaves nothing under a final name.
OWN_PREFIX = ".spamguard-"
_PART_SUFFIX = ".part"
# Others may begin their names so, too: nothing of theirs is passed over.
_OWN = re.compile(re.escape(OWN_PREFIX) + r"(undo|run-[0-9a-f]{16}|[0-9a-f]+\.part)")
# A file system that cannot bring folders onto the disk says so; anything else is a fault of the disk.
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)

State = tuple[int, int, int]


def is_own(name: str) -> bool:
    """Say whether a file name is one that spamguard gives to what is no result.

    Examples
    --------
    >>> is_own(".spamguard-0f3a.part"), is_own(".spamguard-notes.txt"), is_own("article.txt")
    (True, False, False)
    """
    return _OWN.fullmatch(name) is not None


def state_of(status: os.stat_result) -> State:
    """Return what differs once somebody else has written to a file: inode, size, time."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder onto the disk, where the platform can; one that is gone has none.

    Raises
    ------
    OSError
        If the disk has a fault.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, and bring their names onto the disk; it may be there.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    made = []
    for one in (folder, *folder.parents):
        if one.exists():
            break
        made.append(one)
    os.makedirs(folder, exist_ok=True)
    for one in made:
        sync_folder(one.parent)


class Folders:
    """Folders in which files took their names, to be brought onto the disk together.

    Examples
    --------
    >>> folders = Folders()
    >>> folders.add(Path("."))
    >>> folders.settle()
    """

    def __init__(self) -> None:
        self._waiting: set[Path] = set()

    def add(self, folder: Path) -> None:
        """Note a folder."""
        self._waiting.add(folder)

    def settle(self) -> None:
        """Bring the names in all that were noted onto the disk.

        Raises
        ------
        OSError
            If the disk has a fault.
        """
        while self._waiting:
            sync_folder(self._waiting.pop())


class PartFile:
    """A file under a temporary name next to its final one.

    The temporary name follows from the final one, so that the next run takes the place of what a killed
    one left behind.

    Parameters
    ----------
    target
        The final name.
    claim
        By what right it takes the name; without one it takes it from whatever bears it.

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

    def __init__(self, target: Path, claim: Claim | None = None) -> None:
        self.target, self._claim = target, claim
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
            # Before the permissions, which may forbid it.
            if self._claim is not None:
                mark(stream, self._claim)
            if like is not None:
                os.chmod(self.path, stat.S_IMODE(os.stat(like).st_mode))
            os.fsync(stream.fileno())
            return state_of(os.fstat(stream.fileno()))

    def digest(self) -> str:
        """Return the SHA-256 of a sealed file, in hexadecimal."""
        return digest_of(self.path)

    def appear(self, folders: Folders | None = None) -> None:
        """Give the sealed file its final name; what bears it is replaced, a link and not its target.

        Parameters
        ----------
        folders
            Where its folder is noted; without them the name is on the disk when this returns.

        Raises
        ------
        OSError
            If what bears the name must stay.
        """
        reason = objection(self.target, self._claim, self.path) if self._claim is not None else ""
        if reason:
            raise OSError(reason)
        os.replace(self.path, self.target)
        if folders is not None:
            folders.add(self.target.parent)
        else:
            sync_folder(self.target.parent)

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
def whole_file(
    target: Path, *, like: Path | None = None, claim: Claim | None = None, folders: Folders | None = None
) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only once all of it is on the disk.

    Parameters
    ----------
    target
        The final name; what bears it is replaced, a link itself and not what it points to.
    like
        A file whose permissions the new one gets.
    claim, folders
        As for :class:`PartFile` and :meth:`PartFile.appear`.

    Yields
    ------
    BinaryIO
        Where to write; if the block raises, nothing stays.

    Raises
    ------
    OSError
        If the folder cannot be written to, the disk is full, or what bears the name must stay.
    """
    part = PartFile(target, claim)
    try:
        yield part.stream
        part.seal(like=like)
        part.appear(folders)
    except BaseException:
        part.discard()
        raise

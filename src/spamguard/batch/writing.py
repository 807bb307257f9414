"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# A killed run can leave such a file behind, never one under a final name.
_PART_PREFIX, _PART_SUFFIX = ".spamguard-", ".part"


def is_part(name: str) -> bool:
    """Say whether a file name is that of an unfinished output.

    Examples
    --------
    >>> is_part(".spamguard-0f3a.part"), is_part("article.txt")
    (True, False)
    """
    return name.startswith(_PART_PREFIX) and name.endswith(_PART_SUFFIX)


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
    part = target.with_name(f"{_PART_PREFIX}{secrets.token_hex(8)}{_PART_SUFFIX}")
    try:
        with open(part, "xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if like is not None:
            os.chmod(part, stat.S_IMODE(os.stat(like).st_mode))
        os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise

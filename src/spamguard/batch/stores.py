"""Files on this machine's disks and, by their URLs, on any file system that fsspec knows."""

from __future__ import annotations

import os
import posixpath
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from spamguard.batch.files import make_room
from spamguard.batch.marks import Claim, claim_on, mark, objection
from spamguard.batch.walking import Entry
from spamguard.batch.writing import OWN_PREFIX, state_of
from spamguard.errors import InputError, MissingExtraError, SpamguardError

_URL = re.compile(r"[a-z][a-z0-9+.-]+://")
_PART_SUFFIX = ".part"


def is_url(place: str) -> bool:
    """Say whether a place is a URL; else it is a local path.

    Examples
    --------
    >>> is_url("s3://bucket/news"), is_url("news/a.jsonl")
    (True, False)
    """
    return _URL.match(place) is not None


def opened(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it.

    Raises
    ------
    InputError
        If no file system goes by such URLs, or its library is not installed.
    MissingExtraError
        If fsspec is not installed.
    """
    try:
        fsspec = import_module("fsspec")
    except ModuleNotFoundError:
        raise MissingExtraError("reading URLs", "ray") from None
    # Not url_to_fs: it takes a :: in a name for a chain of file systems.
    try:
        kind = fsspec.get_filesystem_class(url.partition("://")[0])
        system = kind(**kind._get_kwargs_from_urls(url))
    except (ImportError, ValueError) as error:
        raise InputError(f"{url}: {error}") from None
    return system, kind._strip_protocol(url).rstrip("/")


def listed(url: str) -> Iterator[tuple[str, PurePosixPath | None]]:
    """Yield the files below a URL, in order of name.

    Yields
    ------
    str, PurePosixPath or None
        The file's URL, and its path inside the folder; None where the URL is that of the file itself or
        there is nothing.

    Raises
    ------
    InputError
        If the file system cannot be listed.
    """
    system, root = opened(url)
    try:
        found = sorted(system.find(root))
    except Exception as error:
        # Each store's library has errors of its own: credentials, names, networks.
        raise InputError(f"{url} cannot be listed: {reason_of(error)}") from None
    if found in ([], [root]):
        yield url, None
        return
    for path in found:
        yield system.unstrip_protocol(path), PurePosixPath(path.removeprefix(root).removeprefix("/"))


def fetch(place: str, copy: Path) -> None:
    """Bring a file to this machine, with its permissions where it is a local one.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, or changes meanwhile.
    Exception
        Whatever else a store's library raises.
    """
    if is_url(place):
        system, path = opened(place)
        # What a listing told of the file is another thing than what the file tells of itself.
        system.invalidate_cache()
        before = system.ukey(path)
        system.get_file(path, str(copy))
        system.invalidate_cache()
        after = system.ukey(path)
    else:
        if not stat.S_ISREG(os.stat(place).st_mode):
            raise OSError("not a regular file")
        before = state_of(os.stat(place))
        shutil.copy(place, copy)
        after = state_of(os.stat(place))
    if before != after:
        raise OSError("changed while it was being read")


def claim_of(source: str, *, overwrite: bool = False) -> Claim:
    """Return the claim of a file's result: of a local one the same as the local engine's.

    Parameters
    ----------
    source
        A local path or a URL.
    overwrite
        As for :class:`spamguard.batch.marks.Claim`.

    Examples
    --------
    >>> claim_of("/news/a.txt") == claim_on(Path("/news/a.txt"))
    True
    """
    return Claim(source, overwrite) if is_url(source) else claim_on(Path(source), overwrite=overwrite)


def bring(result: Path, target: str, *, bound: str, run: str, claim: Claim) -> None:
    """Bring a file from this machine to its place, where it appears whole or not at all.

    Parameters
    ----------
    result
        The file.
    target
        A local path or a URL. Stores keep no marks: what bears the name there is replaced.
    bound
        For a local path, the folder that it must not leave.
    run
        Word in the names of this run's unfinished files, by which :func:`sweep` finds them.
    claim
        By what right it takes a local name.

    Raises
    ------
    OSError
        If it cannot be written, or what bears the name must stay.
    Exception
        Whatever else a store's library raises.
    """
    # Two workers may be at one shard when the cluster takes a silent one for dead: names never meet.
    part_name = f"{OWN_PREFIX}{run}-{secrets.token_hex(8)}{_PART_SUFFIX}"
    if not is_url(target):
        make_room(Entry(result, Path(target), Path(bound)))
        _bring_local(result, Path(target), Path(target).with_name(part_name), claim)
        return
    system, path = opened(target)
    folder = posixpath.dirname(path)
    part = posixpath.join(folder, part_name)
    system.makedirs(folder, exist_ok=True)
    try:
        system.put_file(str(result), part)
        system.mv(part, path)
    except BaseException:
        with suppress(Exception):
            system.rm_file(part)
        raise


def _bring_local(result: Path, target: Path, part: Path, claim: Claim) -> None:
    """Copy a file, bring it onto the disk, and give it its name."""
    try:
        with open(result, "rb") as source, open(part, "xb") as sink:
            shutil.copyfileobj(source, sink)
            sink.flush()
            mark(sink, claim)
            os.fsync(sink.fileno())
        shutil.copymode(result, part)
        if reason := objection(target, claim, part):
            raise OSError(reason)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sweep(out: str, run: str) -> None:
    """Remove what killed workers of a run left below its output folder."""
    if not is_url(out):
        for left in Path(out).rglob(f"{OWN_PREFIX}{run}-*{_PART_SUFFIX}"):
            left.unlink(missing_ok=True)
        return
    system, root = opened(out)
    system.invalidate_cache()
    for path in system.find(root):
        if posixpath.basename(path).startswith(f"{OWN_PREFIX}{run}-"):
            system.rm_file(path)


def reason_of(error: Exception) -> str:
    """Return what went wrong with a file, fit for a user to read.

    Examples
    --------
    >>> reason_of(FileNotFoundError(2, "No such file or directory", "a.jsonl"))
    'No such file or directory'
    """
    if isinstance(error, FileNotFoundError):
        return "No such file or directory"
    if isinstance(error, OSError | SpamguardError):
        return getattr(error, "strerror", None) or str(error)
    return f"{type(error).__name__}: {error}"

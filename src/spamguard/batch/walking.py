"""The files under a named path, one at a time, never leaving it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spamguard.batch.outcomes import Outcome
from spamguard.batch.roots import Root
from spamguard.batch.writing import is_part


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read.

    Parameters
    ----------
    source
        The file.
    target
        Where its result goes.
    bound
        The folder that the result must not leave, whatever links lie on the way.

    Examples
    --------
    >>> Entry(Path("news/a.txt"), Path("out/a.txt"), Path("out")).in_place
    False
    """

    source: Path
    target: Path
    bound: Path
    in_place: bool = False


def walk(root: Root) -> Iterator[Entry | Outcome]:
    """Yield what lies under a path, folders in order of name.

    Parameters
    ----------
    root
        A file, or a folder that is read recursively. A link that the user named is followed; links
        inside the folder are followed to files inside it only.

    Yields
    ------
    Entry or Outcome
        A file to read, or why something was left out.
    """
    if root.source.is_dir():
        yield from _walk_folder(root)
    else:
        yield Entry(root.source, root.target, root.target.parent, root.in_place)


def _walk_folder(root: Root) -> Iterator[Entry | Outcome]:
    """Yield what lies under a folder, without recursion, so that depth has no limit."""
    top = os.path.realpath(root.source)
    waiting = [Path()]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(root.source / inside) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError as error:
            yield Outcome(str(root.source / inside), "failed", reason=error.strerror or str(error))
            continue
        for item in items:
            if not item.is_dir(follow_symlinks=False):
                yield _judge(root, inside / item.name, item, top)
        folders = [inside / item.name for item in items if item.is_dir(follow_symlinks=False)]
        waiting.extend(reversed(folders))


def _judge(root: Root, inside: Path, item: os.DirEntry[str], top: str) -> Entry | Outcome:
    """Decide whether something in a folder is read."""
    source = root.source / inside
    reason = _objection(item, top, root.in_place)
    if reason:
        return Outcome(str(source), "skipped", reason=reason)
    return Entry(source, root.target / inside, root.target, root.in_place)


def _objection(item: os.DirEntry[str], top: str, in_place: bool) -> str:
    """Say why something in a folder is not read; nothing where it is."""
    if is_part(item.name):
        return "left behind by an interrupted run"
    if item.is_symlink():
        real = os.path.realpath(item.path)
        if not os.path.join(real, "").startswith(os.path.join(top, "")):
            return "a link out of the folder"
        if os.path.isdir(real):
            return "a link to a folder that is cleaned where it lies"
        if in_place:
            return "a link to a file that is cleaned where it lies"
    return "" if os.path.isfile(item.path) else "not a regular file"

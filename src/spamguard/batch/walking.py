"""The files under a named path, one at a time, never leaving it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from spamguard.batch.outcomes import Outcome
from spamguard.batch.roots import Root
from spamguard.batch.writing import is_own


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which files of a folder are read.

    Parameters
    ----------
    include
        Patterns of names or of paths inside the folder, of which a file must match one; all by default.
    exclude
        Patterns of which a file must match none.

    Examples
    --------
    >>> Filter(include=("*.html",)).takes(Path("2025/june/a.html"))
    True
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self, inside: Path) -> bool:
        """Say whether a file is read, by its path inside the folder."""
        ways = (inside.name, inside.as_posix())
        wanted = not self.include or any(fnmatch(way, one) for way in ways for one in self.include)
        return wanted and not any(fnmatch(way, one) for way in ways for one in self.exclude)


def walk(root: Root, chosen: Filter | None = None) -> Iterator[Entry | Outcome]:
    """Yield what lies under a path, folders in order of name.

    Parameters
    ----------
    root
        A file, or a folder that is read recursively. A link that the user named is followed; links
        inside the folder are followed to files inside it only.
    chosen
        Which files of a folder are wanted; the others are passed over. All by default.

    Yields
    ------
    Entry or Outcome
        A file to read, or why something was left out.
    """
    if root.source.is_dir():
        yield from _walk_folder(root, chosen or Filter())
    else:
        yield Entry(root.source, root.target, root.target.parent, root.in_place)


def _walk_folder(root: Root, chosen: Filter) -> Iterator[Entry | Outcome]:
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
            if not item.is_dir(follow_symlinks=False) and chosen.takes(inside / item.name):
                yield _judge(root, inside / item.name, item, top)
        folders = [inside / item.name for item in items if _is_folder(item)]
        waiting.extend(reversed(folders))


def _is_folder(item: os.DirEntry[str]) -> bool:
    """Whether something is a folder to read."""
    return item.is_dir(follow_symlinks=False) and not is_own(item.name)


def _judge(root: Root, inside: Path, item: os.DirEntry[str], top: str) -> Entry | Outcome:
    """Decide whether something in a folder is read."""
    source = root.source / inside
    reason = _objection(item, top, root.in_place)
    if reason:
        return Outcome(str(source), "skipped", reason=reason)
    return Entry(source, root.target / inside, root.target, root.in_place)


def _objection(item: os.DirEntry[str], top: str, in_place: bool) -> str:
    """Say why something in a folder is not read; nothing where it is."""
    if is_own(item.name):
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

"""Which shards a run has: the files below local paths and URLs, and where the result of each goes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from spamguard.batch.outcomes import Outcome
from spamguard.batch.roots import Root, plan_roots
from spamguard.batch.shards import Shard
from spamguard.batch.stores import is_url, listed, opened
from spamguard.batch.walking import Filter, walk
from spamguard.batch.writing import is_own
from spamguard.errors import InputError


def plan_shards(sources: Sequence[str], out: str, chosen: Filter | None = None) -> Iterator[Shard | Outcome]:
    """Yield the files below paths and URLs, as the local engine finds them.

    Parameters
    ----------
    sources
        Files and folders: local paths, or URLs of file systems that fsspec knows.
    out
        Folder for the results, or its URL: one folder is mirrored right into it, several sources each
        under their own name.
    chosen
        Which files of a folder are wanted.

    Yields
    ------
    Shard or Outcome
        A file to clean, or why something was left out.

    Raises
    ------
    InputError
        If two results would get one name, the output lies in the input or the other way round, or a URL
        cannot be listed.
    """
    local = [Path(one) for one in sources if not is_url(one)]
    if len(local) == len(sources) and not is_url(out):
        for root in plan_roots(local, out=Path(out)):
            yield from _local(root, chosen, bound=os.path.abspath(out))
        return
    _refuse_overlap(sources, out)
    for source in sources:
        for found in _remote(source, chosen or Filter()) if is_url(source) else _beside(source, chosen):
            yield found if isinstance(found, Outcome) else _placed(found, source, out, len(sources) == 1)


def _local(root: Root, chosen: Filter | None, *, bound: str) -> Iterator[Shard | Outcome]:
    """Yield what the local engine would read below a path."""
    is_named = not root.source.is_dir()
    for item in walk(root, chosen):
        if isinstance(item, Outcome):
            yield item
        else:
            source, target = os.path.abspath(item.source), os.path.abspath(item.target)
            yield Shard(str(item.source), source, target, bound and os.path.abspath(item.bound), is_named)


def _beside(source: str, chosen: Filter | None) -> Iterator[Shard | Outcome]:
    """Yield what lies below a local path, with targets relative to the place of the source's result."""
    # Any place but the source's own: what is cleaned in place follows no links.
    place = Path(os.devnull)
    for item in _local(Root(Path(source), place), chosen, bound=""):
        yield item if isinstance(item, Outcome) else replace(item, target=os.path.relpath(item.target, place))


def _remote(source: str, chosen: Filter) -> Iterator[Shard | Outcome]:
    """Yield what lies below a URL, with targets relative to the place of the source's result."""
    for url, inside in listed(source):
        if inside is None:
            yield Shard(url, url, ".", is_named=True)
        elif not chosen.takes(Path(inside)):
            continue
        elif any(map(is_own, inside.parts)):
            yield Outcome(url, "skipped", reason="left behind by an interrupted run")
        elif inside.is_absolute() or ".." in inside.parts:
            yield Outcome(url, "failed", reason="a name that leads out of the folder")
        else:
            yield Shard(url, url, str(inside))


def _placed(found: Shard, source: str, out: str, alone: bool) -> Shard:
    """Return a shard with its target below the output."""
    inside = PurePosixPath(found.target)
    if found.is_named or not alone:
        inside = PurePosixPath(_name(source)) / inside
    if is_url(out):
        return replace(found, target=f"{out.rstrip('/')}/{inside}")
    bound = os.path.abspath(out)
    return replace(found, target=os.path.join(bound, inside), bound=bound)


def _name(source: str) -> str:
    """Return the last part of a path or URL."""
    return (
        source.rstrip("/").rpartition("/")[2] if is_url(source) else os.path.basename(os.path.abspath(source))
    )


def _refuse_overlap(sources: Sequence[str], out: str) -> None:
    """Raise if two results would get one name, or a result would be an original."""
    names: dict[str, str] = {}
    inner = _real(out)
    for source in sources:
        name = _name(source)
        if name in names:
            raise InputError(f"{names[name]} and {source} would both be written to {out}/{name}")
        names[name] = source
        outer = _real(source)
        if inner.startswith(outer):
            raise InputError(f"the output {out} is or lies in the input {source}: name another --out")
        if outer.startswith(inner):
            raise InputError(f"the input {source} lies in the output {out}: name another --out")


def _real(place: str) -> str:
    """Return a place in a form that its spellings share, with a slash behind it."""
    if not is_url(place):
        return os.path.join(os.path.realpath(place), "")
    system, path = opened(place)
    return f"{type(system).__name__}://{path}/"


def run_name(sources: Iterable[str], out: str) -> str:
    """Return a word for a run, the same whenever it is started again.

    Examples
    --------
    >>> len(run_name(["news"], "out"))
    16
    """
    places = [one if is_url(one) else os.path.abspath(one) for one in (*sources, out)]
    return hashlib.sha256("\n".join(places).encode("utf-8", "surrogateescape")).hexdigest()[:16]

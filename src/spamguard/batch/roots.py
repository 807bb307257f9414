"""Where the result of each named path goes, and which choices are refused."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spamguard.batch.packing import SUFFIXES
from spamguard.errors import InputError


@dataclass(frozen=True, slots=True)
class Root:
    """A path that the user named, and where its result goes.

    Parameters
    ----------
    source
        A file or a folder.
    target
        A file for a file, a folder for a folder; the source's real path when it is cleaned in place.

    Examples
    --------
    >>> [root] = plan_roots([Path("article.txt")])
    >>> root.target.name, root.in_place
    ('article.cleaned.txt', False)
    """

    source: Path
    target: Path

    @property
    def in_place(self) -> bool:
        """Whether the result takes the place of the original."""
        return self.target == _real(self.source)


def plan_roots(
    sources: Sequence[Path], *, out: Path | None = None, in_place: bool = False, others: Sequence[Path] = ()
) -> list[Root]:
    """Settle where each result goes, before anything is read.

    Parameters
    ----------
    sources
        Files and folders; they need not exist.
    out
        Folder for the results: one named folder is mirrored right into it, several paths each under
        their own name. Without it ``article.txt`` gives ``article.cleaned.txt``, ``news.jsonl.gz``
        ``news.cleaned.jsonl.gz``, and the folder ``news`` ``news.cleaned``, next to it.
    in_place
        Whether results take the place of the originals.
    others
        Further files that will be written, such as a report.

    Raises
    ------
    InputError
        If two things would get one name or be cleaned in place twice, or an original would be written
        over unasked, or something else would lie among the results.
    """
    if in_place and out is not None:
        raise InputError("--out and --in-place exclude each other")
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"--out must be a folder, {out} is a file")
    roots = [Root(source, _target(source, out, len(sources) == 1, in_place)) for source in sources]
    _refuse_twins(roots)
    if in_place:
        _refuse_nested(roots)
    targets = [] if in_place else [root.target for root in roots]
    _refuse_overlap(sources, {_real(target): target for target in targets})
    refuse_others(sources, targets, others)
    return roots


def refuse_others(sources: Sequence[Path], targets: Sequence[Path], others: Sequence[Path]) -> None:
    """Refuse what is written beside the results where it would be in the way.

    Parameters
    ----------
    sources
        What is read.
    targets
        Where results go, if any do.
    others
        Further files that will be written.

    Raises
    ------
    InputError
        If one is or lies in something to read, or is or lies in a result, or is another one.
    """
    _refuse_overlap(sources, {place: other for other in others for place in _places(other)})
    results = {_real(target): target for target in targets}
    taken: set[Path] = set()
    for other in others:
        places = _places(other)
        for place in places:
            for outer in (place, *place.parents):
                if outer in results:
                    raise InputError(f"{other} is or lies in the result {results[outer]}: name another place")
        if places & taken:
            raise InputError(f"{other} would be written twice: name another place")
        taken |= places


def _target(source: Path, out: Path | None, alone: bool, in_place: bool) -> Path:
    """Where one result goes."""
    if in_place:
        return _real(source)
    is_folder = source.is_dir()
    if out is not None and alone and is_folder:
        return out
    named = source if source.name not in ("", "..") else Path(os.path.abspath(source))
    if out is not None:
        return out / named.name
    return named.with_name(f"{named.name}.cleaned" if is_folder else _cleaned_name(named))


def _cleaned_name(path: Path) -> str:
    """Return the name of a file's result next to it; its endings stay, for they tell its format."""
    packing = path.suffix if path.suffix.lower() in SUFFIXES else ""
    inner = Path(path.name.removesuffix(packing))
    return f"{inner.stem}.cleaned{inner.suffix}{packing}"


def _real(path: Path) -> Path:
    """Return the path with all links followed; it need not exist."""
    return Path(os.path.realpath(path))


def _places(path: Path) -> set[Path]:
    """Return what writing to a path may touch: where it leads, and a link that bears its name."""
    return {_real(path), _real(path.parent) / path.name}


def _refuse_twins(roots: Iterable[Root]) -> None:
    """Raise if two results would get one name."""
    taken: dict[Path, Path] = {}
    for root in roots:
        target = _real(root.target)
        if target in taken:
            raise InputError(f"{taken[target]} and {root.source} would both be written to {root.target}")
        taken[target] = root.source


def _refuse_nested(roots: Iterable[Root]) -> None:
    """Raise if a path lies in another: both would write to what it holds."""
    sources = {root.target: root.source for root in roots}
    for place, source in sources.items():
        for outer in place.parents:
            if outer in sources:
                raise InputError(f"{source} lies in {sources[outer]}: name that alone")


def _refuse_overlap(sources: Sequence[Path], written: Mapping[Path, Path]) -> None:
    """Raise if a place to write to is, holds or lies in something to read."""
    read = {_real(source): source for source in sources}
    for place, target in written.items():
        for outer in (place, *place.parents):
            if outer in read:
                raise InputError(
                    f"the output {target} is or lies in the input {read[outer]}: name another place"
                )
    for place, source in read.items():
        for outer in place.parents:
            if outer in written:
                raise InputError(
                    f"the input {source} lies in the output {written[outer]}: name another place"
                )

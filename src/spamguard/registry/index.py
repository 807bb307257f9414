"""The index of a registry: which models there are, which one serves, and which ones served before."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from spamguard.errors import ArtefactError

INDEX_NAME = "registry.json"
KIND = "spamguard registry"
FORMAT = 1
MAX_INDEX_BYTES = 4 * 1024 * 1024
# So many steps back are kept; what served longer ago is promoted by its name.
MAX_PREVIOUS = 100
# Ids are shown, typed and logged: nothing that could be a path or an option.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_FOLDER = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of a registry.

    Parameters
    ----------
    folder
        Name of its folder, which is the SHA-256 of its manifest: the manifest names the digest of the
        arrays, so nothing in the folder can change unseen.
    added_at
        When it came, ISO 8601, UTC.

    Examples
    --------
    >>> Entry("0" * 64, "2026-11-22T18:00:00+00:00").added_at[:4]
    '2026'
    """

    folder: str
    added_at: str


@dataclass(frozen=True, slots=True)
class Index:
    """What a registry holds, as its one index file says.

    Parameters
    ----------
    models
        Entries by model id, in the order in which they came.
    current
        Id of the model that serves; None before the first promotion.
    previous
        Ids of those that served before, the last one last.

    Examples
    --------
    >>> Index().current is None
    True
    """

    models: dict[str, Entry] = field(default_factory=dict)
    current: str | None = None
    previous: tuple[str, ...] = ()

    def promoted(self, model_id: str) -> Index:
        """Return the index with another model serving."""
        before = () if self.current is None else (self.current,)
        return replace(self, current=model_id, previous=(*self.previous, *before)[-MAX_PREVIOUS:])

    def rolled_back(self) -> Index:
        """Return the index with the model serving that served before; there must be one."""
        return replace(self, current=self.previous[-1], previous=self.previous[:-1])

    def without(self, model_id: str) -> Index:
        """Return the index without a model that does not serve."""
        models = {name: entry for name, entry in self.models.items() if name != model_id}
        previous = tuple(name for name in self.previous if name != model_id)
        return replace(self, models=models, previous=previous)


def is_id(text: str) -> bool:
    """Say whether a text can be the id of a model.

    Examples
    --------
    >>> is_id("default-3f2a9c1b"), is_id("../etc")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


def read_index(root: Path) -> Index:
    """Read and check the index of a registry; an empty one where there is no file yet.

    Parameters
    ----------
    root
        Folder of the registry.

    Raises
    ------
    ArtefactError
        If the file cannot be read, is too large, damaged, foreign or of a newer format.
    """
    path = root / INDEX_NAME
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_INDEX_BYTES else None
    except FileNotFoundError:
        return Index()
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read: {error.strerror}") from None
    if raw is None:
        raise ArtefactError(f"{path} is larger than {MAX_INDEX_BYTES:,} bytes: not an index")
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise ArtefactError(f"{path} is damaged: not JSON") from None
    if not isinstance(fields, dict) or fields.get("kind") != KIND:
        raise ArtefactError(f"{path} is foreign: its kind is not {KIND!r}")
    if fields.get("format") != FORMAT:
        raise ArtefactError(
            f"{path}: format must be {FORMAT}: install a newer spamguard, or restore the file"
        )
    return _parsed(fields, path)


def _parsed(fields: dict[str, Any], path: Path) -> Index:
    """Turn the fields of an index file into an index."""
    try:
        models = {name: Entry(**entry) for name, entry in fields["models"].items()}
        index = Index(models, fields["current"], tuple(fields["previous"]))
        sound = all(is_id(name) and _FOLDER.fullmatch(entry.folder) for name, entry in models.items())
        known = set(models) | {None}
        sound = sound and {index.current, *index.previous} <= known and None not in index.previous
    except (KeyError, TypeError, AttributeError) as error:
        raise ArtefactError(f"{path} is damaged: {type(error).__name__} ({error})") from None
    if not sound:
        raise ArtefactError(f"{path} is damaged: it names a model or folder that cannot be")
    return index


def write_index(root: Path, index: Index) -> None:
    """Put an index in the place of the old one in one step: readers see the one or the other, never a part.

    Parameters
    ----------
    root
        Folder of the registry; only who holds its lock may write.
    index
        What it is to say.
    """
    content = json.dumps({"kind": KIND, "format": FORMAT, **asdict(index)}, indent=2) + "\n"
    temporary = root / f"{INDEX_NAME}.tmp"
    with temporary.open("wb") as stream:
        stream.write(content.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, root / INDEX_NAME)
    sync_folder(root)


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's names survive a loss of power, where the system can do so."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

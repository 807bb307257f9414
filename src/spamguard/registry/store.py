"""Changes to a registry: one process at a time, each change in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from spamguard.errors import ArtefactError, InputError
from spamguard.model import artefact
from spamguard.model.loading import load_detector
from spamguard.registry.folders import Folders
from spamguard.registry.index import INDEX_NAME, Entry, Index, is_id, read_index, write_index
from spamguard.registry.resolving import folder_of

_LOCK_NAME = "registry.lock"
# A change takes well below a second; who waits longer than this waits for a process that hangs.
_LOCK_TIMEOUT_S = 60.0
# What may differ between two manifests of one model: when and by what it was made, and how it came to serve.
_PASSING = frozenset({"trained_at", "spamguard", "promotion"})


class Registry:
    """A folder of model artefacts, one of which serves.

    Readers need no lock: the index is replaced in one step, and a model's folder never changes once it is
    named there. A process that is killed leaves at worst a folder that it noted as unfinished, which the
    next change clears away; nothing else is ever deleted.

    Parameters
    ----------
    root
        Its folder; made when the first model is added.

    Examples
    --------
    >>> import tempfile
    >>> from spamguard.model.loading import shipped_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     registry = Registry(Path(folder))
    ...     registry.promote(registry.add(shipped_folder()))
    ...     registry.index().current == load_detector().model_id
    True
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders = Folders(root)

    def index(self) -> Index:
        """Return what the registry holds now.

        Raises
        ------
        InputError
            If there is no registry.
        ArtefactError
            If the index is damaged, or lost.
        """
        if not self._has_index():
            self._refuse_lost_index()
            raise InputError(
                f"{self.root} is no registry: it has no {INDEX_NAME}; "
                "spamguard model promote DIR, with the folder of a model, begins one"
            )
        return read_index(self.root)

    def folder(self, model_id: str) -> Path:
        """Return the folder of a model.

        Raises
        ------
        InputError
            If there is no such model, or no registry.
        ArtefactError
            If the index is damaged or lost, or the model's manifest is not the one that was added.
        """
        return folder_of(self.root, self._entry(self.index(), model_id))

    def add(self, folder: Path) -> str:
        """Take a copy of an artefact in; one that is here already stays as it is.

        Parameters
        ----------
        folder
            Folder of an artefact, which is loaded to see that it can be.

        Returns
        -------
        str
            Id of the model.

        Raises
        ------
        InputError
            If a model with its id is here that says something else about itself: the id is made of the name
            and the arrays, but thresholds, and what training refused, stand in the manifest.
        ArtefactError
            If the artefact cannot be loaded, its name cannot be an id, or the index is damaged or lost.
        """
        # Before anything is made; the copy is loaded, too, as the folder may change in between.
        _loaded_id(folder)
        with self._changing(may_begin=True) as index:
            more, model_id = self._with(index, folder)
            self._write(index, more)
        return model_id

    def promote(
        self, model_id: str, note: Mapping[str, Any] | None = None, before: Path | None = None
    ) -> None:
        """Let a model serve.

        Parameters
        ----------
        model_id
            The model; the one that serves already stays.
        note
            What its manifest is to say from now on under ``promotion``, such as why a gate was passed by.
        before
            Folder of the artefact that served while no model of the registry did: the first promotion takes
            it in, so that a rollback goes back to it.

        Raises
        ------
        InputError
            If there is no such model, or no registry.
        ArtefactError
            If it is damaged, or the index is damaged or lost.
        """
        with self._changing() as old:
            entry, index = self._entry(old, model_id), old
            artefact.read(folder_of(self.root, entry))
            if old.current is None and before is not None:
                index, first = self._with(index, before)
                index = index.promoted(first)
            if note is not None:
                with self._folders.copy_of(folder_of(self.root, entry), {"promotion": dict(note)}) as copy:
                    noted = _entry_of(self._folders.keep(copy))
                index = replace(index, models={**index.models, model_id: noted})
            self._write(old, index if index.current == model_id else index.promoted(model_id))

    def rollback(self) -> str:
        """Let the model serve that served before, and return its id.

        Raises
        ------
        InputError
            If none served before, or there is no registry.
        ArtefactError
            If that model is damaged, or the index is damaged or lost.
        """
        with self._changing() as index:
            if not index.previous:
                raise InputError(f"{self.root}: no model served before the present one")
            before = index.previous[-1]
            artefact.read(folder_of(self.root, index.models[before]))
            self._write(index, index.rolled_back())
        return before

    def remove(self, model_id: str) -> None:
        """Take a model out.

        Raises
        ------
        InputError
            If there is no such model, it serves, or there is no registry.
        ArtefactError
            If the index is damaged or lost.
        """
        with self._changing() as index:
            self._entry(index, model_id)
            if model_id == index.current:
                raise InputError(f"{model_id} serves: promote another model or roll back before removing it")
            self._write(index, index.without(model_id))

    def _entry(self, index: Index, model_id: str) -> Entry:
        """Return a model's entry, or say which ones there are."""
        if model_id not in index.models:
            known = ", ".join(index.models) or "none"
            raise InputError(f"{self.root} has no model {model_id!r}; it has: {known}")
        return index.models[model_id]

    @contextmanager
    def _changing(self, *, may_begin: bool = False) -> Iterator[Index]:
        """Keep other processes out, clear away what a killed one left, and give the index."""
        # What is no registry, and is not to be one, gets no lock either.
        if not may_begin:
            self.index()
        elif not self._has_index():
            self._refuse_lost_index()
            self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / _LOCK_NAME, timeout=_LOCK_TIMEOUT_S):
                if may_begin and not self._has_index():
                    self._refuse_lost_index()
                    write_index(self.root, Index())
                index = self.index()
                self._folders.clear(_folders_of(index))
                yield index
        except Timeout:
            raise InputError(
                f"{self.root}: another process has been changing the registry for {_LOCK_TIMEOUT_S:.0f} s"
            ) from None

    def _has_index(self) -> bool:
        """Say whether there is an index, whatever it holds."""
        return (self.root / INDEX_NAME).exists()

    def _refuse_lost_index(self) -> None:
        """Refuse to take models that no index names for an empty registry."""
        if self._folders.hold_something():
            raise ArtefactError(
                f"{self._folders.path} is not empty, but there is no {self.root / INDEX_NAME}: put the index "
                "back from a copy of yours, or name another folder as the registry and promote the models of "
                "this one, by their folders, into it; nothing was changed"
            )

    def _with(self, index: Index, folder: Path) -> tuple[Index, str]:
        """Take a copy of an artefact in; return the index that names it, and its id."""
        with self._folders.copy_of(folder) as copy:
            model_id = _loaded_id(copy)
            if model_id in index.models:
                there = artefact.read_manifest(folder_of(self.root, index.models[model_id]))
                if _lasting(there) != _lasting(artefact.read_manifest(copy)):
                    raise InputError(
                        f"{self.root} has a model {model_id} whose manifest says something else than that of "
                        f"{folder}: remove that one first, or give this one another name"
                    )
                return index, model_id
            entry = _entry_of(self._folders.keep(copy))
            return replace(index, models={**index.models, model_id: entry}), model_id

    def _write(self, old: Index, new: Index) -> None:
        """Put an index in the place of the old one, and delete the folders that it gives up."""
        if new == old:
            return
        self._folders.note_leaving(_folders_of(old) - _folders_of(new))
        write_index(self.root, new)
        self._folders.clear(_folders_of(new))


def _loaded_id(folder: Path) -> str:
    """Load an artefact and return its id, if it can be one."""
    model_id = load_detector(folder).model_id
    if not is_id(model_id):
        raise ArtefactError(f"{folder}: the model's name must be letters, digits and . _ - alone")
    return model_id


def _lasting(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two manifests of one model must agree on."""
    return {name: value for name, value in manifest.items() if name not in _PASSING}


def _entry_of(folder: str) -> Entry:
    """Return the entry of a model that comes now."""
    return Entry(folder, datetime.now(UTC).replace(microsecond=0).isoformat())


def _folders_of(index: Index) -> set[str]:
    """Return the names of the folders that an index needs."""
    return {entry.folder for entry in index.models.values()}

"""Changes to a registry: one process at a time, each change in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
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
from spamguard.registry.index import Entry, Index, is_id, read_index, sync_folder, write_index
from spamguard.registry.resolving import MODELS_NAME, folder_of

_LOCK_NAME = "registry.lock"
# A change takes well below a second; who waits longer than this waits for a process that hangs.
_LOCK_TIMEOUT_S = 60.0
_INCOMING = "incoming-"
_CARD_NAME = "README.md"


class Registry:
    """A folder of model artefacts, one of which serves.

    Readers need no lock: the index is replaced in one step, and a model's folder never changes once it is
    named there. A process that is killed leaves at worst a folder that nobody names, which the next change
    clears away.

    Parameters
    ----------
    root
        Its folder; made at the first change.

    Examples
    --------
    >>> Registry(Path("models-of-ours")).index().current is None
    True
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def index(self) -> Index:
        """Return what the registry holds now.

        Raises
        ------
        ArtefactError
            If the index is damaged.
        """
        return read_index(self.root)

    def folder(self, model_id: str) -> Path:
        """Return the folder of a model.

        Raises
        ------
        InputError
            If there is no such model.
        ArtefactError
            If its manifest is not the one that was added.
        """
        return folder_of(self.root, self._entry(self.index(), model_id))

    def add(self, folder: Path) -> str:
        """Take a copy of an artefact in; one that is here already, by its arrays, stays as it is.

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
        ArtefactError
            If the artefact cannot be loaded, or its name cannot be an id.
        """
        model_id = load_detector(folder).model_id
        if not is_id(model_id):
            raise ArtefactError(f"{folder}: the model's name must be letters, digits and . _ - alone")
        with self._changing() as index:
            if model_id not in index.models:
                entry = self._take_in(folder, {})
                write_index(self.root, replace(index, models={**index.models, model_id: entry}))
        return model_id

    def promote(self, model_id: str, note: Mapping[str, Any] | None = None) -> None:
        """Let a model serve.

        Parameters
        ----------
        model_id
            The model; the one that serves already stays.
        note
            What its manifest is to say from now on under ``promotion``, such as why a gate was passed by.

        Raises
        ------
        InputError
            If there is no such model.
        ArtefactError
            If it is damaged.
        """
        with self._changing() as index:
            entry = self._entry(index, model_id)
            folder = folder_of(self.root, entry)
            artefact.read(folder)
            if note is not None:
                entry = self._take_in(folder, {"promotion": dict(note)})
                index = replace(index, models={**index.models, model_id: entry})
            write_index(self.root, index if index.current == model_id else index.promoted(model_id))

    def rollback(self) -> str:
        """Let the model serve that served before, and return its id.

        Raises
        ------
        InputError
            If none served before.
        ArtefactError
            If that model is damaged.
        """
        with self._changing() as index:
            if not index.previous:
                raise InputError(f"{self.root}: no model served before the present one")
            before = index.previous[-1]
            artefact.read(folder_of(self.root, index.models[before]))
            write_index(self.root, index.rolled_back())
        return before

    def remove(self, model_id: str) -> None:
        """Take a model out.

        Raises
        ------
        InputError
            If there is no such model, or it serves.
        """
        with self._changing() as index:
            self._entry(index, model_id)
            if model_id == index.current:
                raise InputError(f"{model_id} serves: promote another model or roll back before removing it")
            write_index(self.root, index.without(model_id))
            self._clear(index.without(model_id))

    def _entry(self, index: Index, model_id: str) -> Entry:
        """Return a model's entry, or say which ones there are."""
        if model_id not in index.models:
            known = ", ".join(index.models) or "none"
            raise InputError(f"{self.root} has no model {model_id!r}; it has: {known}")
        return index.models[model_id]

    @contextmanager
    def _changing(self) -> Iterator[Index]:
        """Keep other processes out, clear away what a killed one left, and give the index."""
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / _LOCK_NAME, timeout=_LOCK_TIMEOUT_S):
                index = read_index(self.root)
                self._clear(index)
                yield index
        except Timeout:
            raise InputError(
                f"{self.root}: another process has been changing the registry for {_LOCK_TIMEOUT_S:.0f} s"
            ) from None

    def _clear(self, index: Index) -> None:
        """Delete folders that the index does not name."""
        named = {entry.folder for entry in index.models.values()}
        models = self.root / MODELS_NAME
        for folder in models.iterdir() if models.is_dir() else ():
            if folder.name not in named:
                shutil.rmtree(folder)

    def _take_in(self, source: Path, more: Mapping[str, Any]) -> Entry:
        """Copy an artefact under the digest of its manifest, to which fields may be added."""
        models = self.root / MODELS_NAME
        models.mkdir(exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=models))
        # Temporary folders are their owner's alone; the service may run as somebody else.
        incoming.chmod(0o755)
        manifest = (source / artefact.MANIFEST_NAME).read_bytes()
        if more:
            fields = {**json.loads(manifest), **more}
            manifest = (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
        (incoming / artefact.MANIFEST_NAME).write_bytes(manifest)
        for name in (artefact.ARRAYS_NAME, _CARD_NAME):
            if (source / name).is_file():
                shutil.copyfile(source / name, incoming / name)
        artefact.read(incoming)
        for path in incoming.iterdir():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
        target = models / hashlib.sha256(manifest).hexdigest()
        if not target.exists():
            incoming.rename(target)
        sync_folder(models)
        return Entry(target.name, datetime.now(UTC).replace(microsecond=0).isoformat())

"""The folders of a registry's models: copied in, kept under their digest, and cleared away."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from spamguard.model import artefact
from spamguard.registry.index import sync_folder
from spamguard.registry.resolving import MODELS_NAME

_CARD_NAME = "README.md"
_COPY_NAME = "model"
_INCOMING_PREFIX, _LEAVING_PREFIX = ".incoming-", ".leaving-"
_INCOMING = re.compile(re.escape(_INCOMING_PREFIX) + r"[a-z0-9_]{8}")
_LEAVING = re.compile(re.escape(_LEAVING_PREFIX) + r"([0-9a-f]{64})")


class Folders:
    """What lies in the folder ``models`` of a registry; only who holds its lock may change it.

    Nothing is ever deleted because the index does not name it: an index can be lost, or put back from an
    old copy. A folder that a change is about to make or to give up is noted beside it first, and only what
    is so noted, or is an unfinished copy, is cleared away after a kill.

    Parameters
    ----------
    root
        Folder of the registry.

    Examples
    --------
    >>> Folders(Path("no-registry-here")).hold_something()
    False
    """

    def __init__(self, root: Path) -> None:
        self.path = root / MODELS_NAME

    def hold_something(self) -> bool:
        """Say whether there is anything that shows, models or not."""
        if not self.path.is_dir():
            return self.path.exists()
        return any(not found.name.startswith(".") for found in self.path.iterdir())

    @contextmanager
    def copy_of(self, source: Path, more: Mapping[str, Any] | None = None) -> Iterator[Path]:
        """Give a copy of an artefact, which is gone at the end unless it was kept.

        Parameters
        ----------
        source
            Folder of the artefact.
        more
            Fields to add to its manifest.
        """
        self.path.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_INCOMING_PREFIX, dir=self.path) as incoming:
            copy = Path(incoming) / _COPY_NAME
            copy.mkdir()
            # The service may run as somebody else than who promotes.
            copy.chmod(0o755)
            manifest = (source / artefact.MANIFEST_NAME).read_bytes()
            if more:
                fields = {**json.loads(manifest), **more}
                manifest = (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
            (copy / artefact.MANIFEST_NAME).write_bytes(manifest)
            for name in (artefact.ARRAYS_NAME, _CARD_NAME):
                if (source / name).is_file():
                    shutil.copyfile(source / name, copy / name)
            yield copy

    def keep(self, copy: Path) -> str:
        """Give a copy its place; return the name of its folder, the SHA-256 of its manifest.

        Raises
        ------
        ArtefactError
            If it is damaged, or what lies in that place is.
        """
        artefact.read(copy)
        for path in copy.iterdir():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
        name = hashlib.sha256((copy / artefact.MANIFEST_NAME).read_bytes()).hexdigest()
        target = self.path / name
        if target.exists():
            artefact.read(target)
        else:
            # Until the index names it, it is as good as given up.
            self.note_leaving([name])
            copy.rename(target)
            sync_folder(self.path)
        return name

    def note_leaving(self, names: Iterable[str]) -> None:
        """Note folders that the index is about to name no longer, or does not name yet."""
        for name in names:
            (self.path / f"{_LEAVING_PREFIX}{name}").touch()

    def clear(self, named: Iterable[str]) -> None:
        """Delete unfinished copies, and the folders noted as leaving that the index does not name.

        What cannot be deleted waits for the next change.

        Parameters
        ----------
        named
            Folders that the index names.
        """
        kept = set(named)
        for found in list(self.path.iterdir()) if self.path.is_dir() else ():
            if _INCOMING.fullmatch(found.name):
                shutil.rmtree(found, ignore_errors=True)
            elif leaving := _LEAVING.fullmatch(found.name):
                target = self.path / leaving[1]
                if target.name not in kept:
                    shutil.rmtree(target, ignore_errors=True)
                if target.name in kept or not target.exists():
                    with suppress(OSError):
                        found.unlink()

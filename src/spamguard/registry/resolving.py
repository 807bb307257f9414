"""From the path that a user names to the folder of an artefact."""

from __future__ import annotations

import hashlib
from pathlib import Path

from spamguard.errors import ArtefactError
from spamguard.registry.index import INDEX_NAME, Entry, read_index

MODELS_NAME = "models"
_MANIFEST_NAME = "manifest.json"


def resolve(path: Path) -> Path:
    """Return the folder of the artefact that a path stands for.

    Parameters
    ----------
    path
        Folder of an artefact, which is returned as it is, or of a registry, whose serving model is meant.
        Ask again after a promotion.

    Raises
    ------
    ArtefactError
        If the registry is damaged or cannot be read, no model of it serves yet, or the serving model's
        manifest is not the one that was promoted.

    Examples
    --------
    >>> resolve(Path("no-registry-here")).name
    'no-registry-here'
    """
    try:
        if not (path / INDEX_NAME).is_file():
            return path
    except OSError as error:
        raise ArtefactError(f"{path / INDEX_NAME} cannot be read: {error.strerror}") from None
    index = read_index(path)
    if index.current is None:
        raise ArtefactError(f"no model of the registry {path} serves yet: promote one of its models first")
    return folder_of(path, index.models[index.current])


def folder_of(root: Path, entry: Entry) -> Path:
    """Return the folder of a registry's model, its manifest checked against the index.

    Parameters
    ----------
    root
        Folder of the registry.
    entry
        The model's entry.

    Raises
    ------
    ArtefactError
        If the manifest is missing or another one than was added.
    """
    folder = root / MODELS_NAME / entry.folder
    try:
        found = hashlib.sha256((folder / _MANIFEST_NAME).read_bytes()).hexdigest()
    except OSError as error:
        raise ArtefactError(f"{folder / _MANIFEST_NAME}: {error.strerror}") from None
    if found != entry.folder:
        raise ArtefactError(f"{folder} is damaged: its manifest is not the one that was added")
    return folder

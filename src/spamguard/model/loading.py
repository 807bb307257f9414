"""Finds the shipped model and loads any."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

from spamguard.errors import ArtefactError
from spamguard.model import artefact
from spamguard.model.checking import check
from spamguard.model.detector import Detector

_PACKAGE = Path(__file__).resolve().parent.parent
# In a wheel the model lies inside the package, in a checkout at the top.
_SHIPPED = (_PACKAGE / "models" / "default", _PACKAGE.parent.parent / "models" / "default")


def shipped_folder() -> Path:
    """Return the folder of the shipped model.

    Raises
    ------
    ArtefactError
        If this installation carries none.
    """
    for folder in _SHIPPED:
        if os.path.isfile(folder / artefact.MANIFEST_NAME):
            return folder
    raise ArtefactError(
        "this installation carries no model: install spamguard again, or name a model's folder"
    )


def load_detector(path: str | PathLike[str] | None = None) -> Detector:
    """Load a model.

    Parameters
    ----------
    path
        Folder of an artefact; the shipped model by default.

    Raises
    ------
    ArtefactError
        If it is missing, unreadable, damaged, foreign, of a newer format or too large.
    """
    folder = Path(path) if path is not None else shipped_folder()
    found = artefact.read(folder)
    try:
        check(found)
        return Detector.from_artefact(found)
    except ArtefactError as error:
        raise ArtefactError(f"{folder} is damaged: {error}") from None
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ArtefactError(
            f"{folder} is damaged: {type(error).__name__} ({error}) while building the model"
        ) from None

"""Artefacts to keep: the shipped model under other names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spamguard.model import artefact
from spamguard.model.loading import shipped_folder


@pytest.fixture(scope="session")
def artefact_named(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a copy of the shipped artefact that bears another name."""
    folder = tmp_path_factory.mktemp("artefacts")

    def copy(name: str) -> Path:
        target = folder / name
        if not target.exists():
            shutil.copytree(shipped_folder(), target)
            path = target / artefact.MANIFEST_NAME
            path.write_text(json.dumps({**json.loads(path.read_bytes()), "name": name}), "utf-8")
        return target

    return copy

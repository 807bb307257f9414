from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import ArtefactError
from spamguard.registry.resolving import resolve
from spamguard.registry.store import Registry


def test_the_folder_of_an_artefact_stands_for_itself(tmp_path: Path) -> None:
    assert resolve(tmp_path) == tmp_path


def test_a_registry_stands_for_the_model_that_serves(
    tmp_path: Path, artefact_named: Callable[[str], Path]
) -> None:
    registry = Registry(tmp_path)
    first, second = (registry.add(artefact_named(name)) for name in ("first", "second"))
    registry.promote(first)
    assert spamguard.load(tmp_path).model_id == first
    registry.promote(second)
    assert spamguard.load(resolve(tmp_path)).model_id == second


def test_a_registry_of_which_nothing_serves_is_refused(
    tmp_path: Path, artefact_named: Callable[[str], Path]
) -> None:
    Registry(tmp_path).add(artefact_named("first"))
    with pytest.raises(ArtefactError, match="serves yet"):
        resolve(tmp_path)


def test_a_manifest_changed_behind_the_registry_is_refused(
    tmp_path: Path, artefact_named: Callable[[str], Path]
) -> None:
    registry = Registry(tmp_path)
    registry.promote(registry.add(artefact_named("first")))
    manifest = resolve(tmp_path) / "manifest.json"
    changed = json.loads(manifest.read_text("utf-8"))
    changed["thresholds"] = dict.fromkeys(changed["thresholds"], 0.1)
    manifest.write_text(json.dumps(changed), "utf-8")
    with pytest.raises(ArtefactError, match="not the one that was added"):
        resolve(tmp_path)
    manifest.unlink()
    with pytest.raises(ArtefactError, match=r"manifest\.json"):
        resolve(tmp_path)

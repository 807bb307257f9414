from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import ArtefactError, InputError
from spamguard.model import artefact
from spamguard.registry.resolving import MODELS_NAME, resolve
from spamguard.registry.store import Registry

Named = Callable[[str], Path]
TURNS = """
import sys
from pathlib import Path
from spamguard.registry.store import Registry
registry = Registry(Path(sys.argv[1]))
ids = [registry.add(Path(folder)) for folder in sys.argv[3:]]
print("ready", flush=True)
for turn in range(int(sys.argv[2])):
    registry.promote(ids[turn % len(ids)])
"""
ADDS = """
import sys
from pathlib import Path
from spamguard.registry.store import Registry
registry = Registry(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    registry.promote(registry.add(Path(sys.argv[2])), {"forced": "to write a folder each time"})
    registry.rollback()
    registry.remove(registry.add(Path(sys.argv[2])))
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a program of the registry in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_adding_twice_keeps_the_first(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    model_id = registry.add(artefact_named("first"))
    before = registry.index()
    assert registry.add(artefact_named("first")) == model_id
    assert registry.index() == before


def test_what_is_no_artefact_is_not_taken_in(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"manifest\.json is missing"):
        Registry(tmp_path / "registry").add(tmp_path)


def test_a_name_that_could_be_a_path_is_refused(tmp_path: Path, artefact_named: Named) -> None:
    folder = artefact_named("odd")
    manifest = folder / artefact.MANIFEST_NAME
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "name": "../odd"}), "utf-8")
    with pytest.raises(ArtefactError, match="letters, digits"):
        Registry(tmp_path).add(folder)


def test_rollback_goes_back_one_promotion_at_a_time(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    first, second, third = (registry.add(artefact_named(name)) for name in ("first", "second", "third"))
    for model_id in (first, second, third):
        registry.promote(model_id)
    assert [registry.rollback(), registry.rollback()] == [second, first]
    with pytest.raises(InputError, match="no model served before"):
        registry.rollback()
    assert registry.index().current == first


def test_promoting_what_serves_is_no_step(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    model_id = registry.add(artefact_named("first"))
    registry.promote(model_id)
    registry.promote(model_id)
    assert registry.index().previous == ()


def test_a_model_that_serves_is_not_removed(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    first, second = (registry.add(artefact_named(name)) for name in ("first", "second"))
    registry.promote(first)
    with pytest.raises(InputError, match="serves"):
        registry.remove(first)
    registry.remove(second)
    assert list(registry.index().models) == [first]
    assert len(list((tmp_path / MODELS_NAME).iterdir())) == 1


def test_an_unknown_model_is_named_with_those_there_are(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    model_id = registry.add(artefact_named("first"))
    with pytest.raises(InputError, match=model_id):
        registry.promote("second-00000000")


def test_a_note_stands_in_the_manifest_and_changes_nothing_else(
    tmp_path: Path, artefact_named: Named
) -> None:
    registry = Registry(tmp_path)
    model_id = registry.add(artefact_named("first"))
    registry.promote(model_id, {"forced": "the floor is too high for Faroese"})
    guard = spamguard.load(tmp_path)
    assert guard.model_id == model_id
    assert guard.manifest["promotion"] == {"forced": "the floor is too high for Faroese"}


@pytest.mark.parametrize("name", [artefact.ARRAYS_NAME, artefact.MANIFEST_NAME])
def test_a_damaged_model_is_neither_promoted_nor_rolled_back_to(
    tmp_path: Path, artefact_named: Named, name: str
) -> None:
    registry = Registry(tmp_path)
    first, second = (registry.add(artefact_named(name)) for name in ("first", "second"))
    registry.promote(first)
    registry.promote(second)
    damaged = registry.folder(first) / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    for change in (lambda: registry.promote(first), registry.rollback):
        with pytest.raises(ArtefactError, match="damaged"):
            change()
    assert registry.index().current == second


def test_two_processes_lose_none_of_each_others_changes(tmp_path: Path, artefact_named: Named) -> None:
    # Each process alternates between two models that are its own, so that every turn is a promotion.
    turns = 12
    one = start(TURNS, tmp_path, turns, artefact_named("first"), artefact_named("second"))
    two = start(TURNS, tmp_path, turns, artefact_named("third"), artefact_named("fourth"))
    for process in (one, two):
        process.communicate()
        assert process.returncode == 0
    index = Registry(tmp_path).index()
    assert len(index.models) == 4
    assert len(index.previous) == 2 * turns - 1


def test_killed_at_any_moment_the_registry_still_serves(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    registry.promote(registry.add(artefact_named("first")))
    rng = random.Random(7)
    for _ in range(6):
        process = start(ADDS, tmp_path, artefact_named("second"))
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.01, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        artefact.read(resolve(tmp_path))
        for model_id in registry.index().models:
            artefact.read(registry.folder(model_id))
    registry.promote(registry.add(artefact_named("third")))
    named = {entry.folder for entry in registry.index().models.values()}
    assert {folder.name for folder in (tmp_path / MODELS_NAME).iterdir()} == named

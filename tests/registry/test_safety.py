"""A change deletes what the registry itself left unfinished, and never anything else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spamguard.errors import ArtefactError, InputError
from spamguard.model import artefact
from spamguard.registry.index import INDEX_NAME
from spamguard.registry.resolving import MODELS_NAME
from spamguard.registry.store import Registry

Named = Callable[[str], Path]
CHANGES = ("rollback", "remove", "promote", "index", "folder")


def ask(registry: Registry, change: str) -> object:
    """Ask a registry for something that takes one."""
    arguments = () if change in ("rollback", "index") else ("first-00000000",)
    return getattr(registry, change)(*arguments)


def files_of(root: Path) -> set[str]:
    """Everything below a folder."""
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_no_registry_is_refused_and_left_as_it_is(tmp_path: Path, change: str) -> None:
    with pytest.raises(InputError, match="is no registry"):
        ask(Registry(tmp_path / "nowhere"), change)
    (tmp_path / "somewhere").mkdir()
    with pytest.raises(InputError, match="is no registry"):
        ask(Registry(tmp_path / "somewhere"), change)
    assert files_of(tmp_path) == {"somewhere"}


@pytest.mark.parametrize("change", [*CHANGES, "add"])
def test_models_of_somebody_else_are_no_registry_and_stay(
    tmp_path: Path, artefact_named: Named, change: str
) -> None:
    shutil.copytree(artefact_named("first"), tmp_path / MODELS_NAME / "default")
    before = files_of(tmp_path)
    registry = Registry(tmp_path)
    with pytest.raises(ArtefactError, match="is not empty"):
        registry.add(artefact_named("first")) if change == "add" else ask(registry, change)
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("change", [*CHANGES, "add"])
def test_a_lost_index_is_refused_with_the_way_back_and_no_model_goes(
    tmp_path: Path, artefact_named: Named, change: str
) -> None:
    registry = Registry(tmp_path / "registry")
    registry.promote(registry.add(artefact_named("first")))
    kept = registry.folder(registry.add(artefact_named("second")))
    index = (registry.root / INDEX_NAME).read_bytes()
    (registry.root / INDEX_NAME).unlink()
    before = files_of(tmp_path)
    with pytest.raises(ArtefactError, match="put the index back") as refusal:
        registry.add(artefact_named("third")) if change == "add" else ask(registry, change)
    assert "promote the models of this one" in str(refusal.value)
    assert files_of(tmp_path) == before
    # Both ways that the message names lead back.
    assert Registry(tmp_path / "new").add(kept).startswith("second-")
    (registry.root / INDEX_NAME).write_bytes(index)
    assert len(registry.index().models) == 2
    assert registry.folder(registry.add(kept)) == kept


def test_an_index_put_back_from_an_old_copy_costs_no_model(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    registry.promote(registry.add(artefact_named("first")))
    old = (tmp_path / INDEX_NAME).read_bytes()
    second = registry.add(artefact_named("second"))
    folder = registry.folder(second)
    (tmp_path / INDEX_NAME).write_bytes(old)
    registry.promote(registry.add(artefact_named("third")))
    assert registry.add(folder) == second
    artefact.read(registry.folder(second))


def test_what_others_put_beside_the_models_stays(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    first, second = (registry.add(artefact_named(name)) for name in ("first", "second"))
    models = tmp_path / MODELS_NAME
    (models / "notes.txt").write_text("ours")
    (models / ("0" * 64)).mkdir()
    (models / "incoming-today").mkdir()
    (models / ".incoming-of-ours").mkdir()
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (models / ".incoming-abcdefgh").symlink_to(tmp_path / "elsewhere")
    before = {path.name for path in models.iterdir()}
    removed = registry.folder(second).name
    registry.promote(first)
    registry.remove(second)
    assert {path.name for path in models.iterdir()} == before - {removed}
    assert (tmp_path / "elsewhere" / "deep").is_dir()


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path / "registry")
    damaged = shutil.copytree(artefact_named("first"), tmp_path / "damaged")
    arrays = damaged / artefact.ARRAYS_NAME
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"!")
    with pytest.raises(ArtefactError, match="damaged"):
        registry.add(damaged)
    assert not registry.root.exists()


def rewritten(folder: Path, target: Path, **more: object) -> Path:
    """Copy an artefact with other fields in its manifest."""
    shutil.copytree(folder, target)
    manifest = target / artefact.MANIFEST_NAME
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), **more}), "utf-8")
    return target


def test_another_manifest_with_the_same_arrays_is_not_passed_over(
    tmp_path: Path, artefact_named: Named
) -> None:
    registry = Registry(tmp_path / "registry")
    model_id = registry.add(artefact_named("first"))
    before = registry.index()
    changed = rewritten(artefact_named("first"), tmp_path / "changed", gate=["held-out labels: refused"])
    with pytest.raises(InputError, match="says something else"):
        registry.add(changed)
    assert registry.index() == before
    later = rewritten(artefact_named("first"), tmp_path / "later", trained_at="2027-01-01T00:00:00+00:00")
    assert registry.add(later) == model_id
    assert registry.index() == before


def test_what_is_copied_is_what_is_loaded(
    tmp_path: Path, artefact_named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The folder changes after it was loaded and before it is copied.
    source = rewritten(artefact_named("first"), tmp_path / "source")
    mkdir, swapped = Path.mkdir, list[Path]()

    def swap(path: Path, *arguments: object, **options: object) -> None:
        if path.name == MODELS_NAME and not swapped:
            swapped.append(shutil.copytree(source, tmp_path / "was"))
            manifest = source / artefact.MANIFEST_NAME
            manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "thresholds": {}}), "utf-8")
        mkdir(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", swap)
    registry = Registry(tmp_path / "registry")
    with pytest.raises(ArtefactError, match="threshold"):
        registry.add(source)
    assert swapped
    assert registry.index().models == {}


def test_the_first_promotion_keeps_what_served_before(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    first, second = (registry.add(artefact_named(name)) for name in ("first", "second"))
    registry.promote(first, before=artefact_named("shipped"))
    registry.promote(second, before=artefact_named("third"))
    assert [registry.rollback(), registry.rollback()[:8]] == [first, "shipped-"]
    assert len(registry.index().models) == 3


def test_promoting_first_what_served_before_is_no_step(tmp_path: Path, artefact_named: Named) -> None:
    registry = Registry(tmp_path)
    first = registry.add(artefact_named("first"))
    registry.promote(first, before=artefact_named("first"))
    assert (registry.index().current, registry.index().previous) == (first, ())

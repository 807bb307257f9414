"""A promotion serves by itself, and so does a rollback; a bad one is refused once, the old one serves on."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import ArtefactError
from spamguard.model import artefact
from spamguard.model.loading import shipped_folder
from spamguard.registry.store import Registry
from spamguard.service.engine import Engine
from spamguard.service.following import follow
from spamguard.service.settings import Settings


def named(folder: Path, name: str) -> Path:
    """A copy of the shipped artefact that bears another name."""
    target = folder / name
    shutil.copytree(shipped_folder(), target)
    path = target / artefact.MANIFEST_NAME
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "name": name}), "utf-8")
    return target


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Two models, of which the first serves."""
    registry = Registry(tmp_path / "models")
    for name in ("one", "two"):
        registry.add(named(tmp_path, name))
    registry.promote(registry.add(tmp_path / "one"))
    return registry


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


def followed(root: Path, story: Callable[[Engine], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell a story beside an engine that follows a registry without waiting."""
    real = asyncio.sleep

    async def at_once(seconds: float) -> None:
        await real(min(seconds, 0.01))

    monkeypatch.setattr(asyncio, "sleep", at_once)

    async def run() -> None:
        engine = Engine(Settings(model=root))
        async with engine.running():
            task = asyncio.create_task(follow(engine, root, 5))
            await story(engine)
            assert not task.done()
            task.cancel()

    asyncio.run(run())


def test_promotions_and_rollbacks_serve_by_themselves(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(engine: Engine) -> None:
        assert engine.guard.manifest["name"] == "one"
        await asyncio.to_thread(registry.promote, registry.add(tmp_path / "two"))
        await until(lambda: engine.guard.manifest["name"] == "two")
        await asyncio.to_thread(registry.rollback)
        await until(lambda: engine.guard.manifest["name"] == "one")

    followed(tmp_path / "models", story, monkeypatch)


def test_a_model_that_cannot_be_loaded_is_tried_once_and_the_old_one_serves_on(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[None] = []
    load = spamguard.load

    async def story(engine: Engine) -> None:
        def refuse(_: object) -> spamguard.Guard:
            tried.append(None)
            raise ArtefactError("damaged")

        monkeypatch.setattr(spamguard, "load", refuse)
        await asyncio.to_thread(registry.promote, registry.add(tmp_path / "two"))
        await until(lambda: bool(tried))
        await asyncio.sleep(0.2)
        assert (len(tried), engine.guard.manifest["name"]) == (1, "one")
        monkeypatch.setattr(spamguard, "load", load)
        await asyncio.to_thread(registry.rollback)
        await asyncio.to_thread(registry.promote, registry.add(tmp_path / "two"))

    followed(tmp_path / "models", story, monkeypatch)


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_what_is_no_registry_is_not_followed(
    tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named(tmp_path, "one")

    async def story(engine: Engine) -> None:
        if content is not None:
            (folder / "registry.json").write_bytes(content)
        await asyncio.sleep(0.2)
        assert engine.guard.manifest["name"] == "one"

    followed(folder, story, monkeypatch)

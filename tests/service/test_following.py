"""A promotion serves by itself, and so does a rollback; a bad one is refused once, the old one serves on."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

import spamguard
from spamguard.errors import ArtefactError
from spamguard.model import artefact
from spamguard.model.loading import shipped_folder
from spamguard.registry.store import Registry
from spamguard.service.app import create_app
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


@pytest.mark.skipif(sys.platform != "linux", reason="reading a process's memory at 0 is an input error there")
def test_a_disk_that_fails_for_a_while_is_warned_of_once_and_the_following_goes_on(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index, aside = registry.root / "registry.json", tmp_path / "aside.json"

    async def story(engine: Engine) -> None:
        index.rename(aside)
        # Opens as a file does, and gives EIO when it is read.
        index.symlink_to("/proc/self/mem")
        await until(lambda: bool(caplog.records))
        await asyncio.sleep(0.2)
        index.unlink()
        index.write_bytes(b"{")
        await until(lambda: "not JSON" in caplog.text)
        await asyncio.sleep(0.2)
        aside.replace(index)
        await asyncio.to_thread(registry.promote, registry.add(tmp_path / "two"))
        await until(lambda: engine.guard.manifest["name"] == "two")

    with caplog.at_level(logging.WARNING, "spamguard.service"):
        followed(tmp_path / "models", story, monkeypatch)
    faults = [record.getMessage() for record in caplog.records]
    assert len(faults) == 2, faults
    assert "cannot be read" in faults[0]


def test_no_request_fails_while_a_promotion_and_a_rollback_are_followed(
    registry: Registry, tmp_path: Path
) -> None:
    answers: list[tuple[int, str]] = []

    async def ask(client: httpx.AsyncClient, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            answer = await client.post("/clean", json={"text": "The ferry runs until midnight."})
            answers.append((answer.status_code, answer.json().get("model", "none")))

    async def run() -> None:
        app = create_app(Settings(model=registry.root, feedback="off"))
        engine, is_over = app.state.engine, asyncio.Event()
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=30) as client,
            asyncio.TaskGroup() as group,
        ):
            following = group.create_task(follow(engine, registry.root, 1))
            for _ in range(4):
                group.create_task(ask(client, is_over))
            await until(lambda: len(answers) > 20)
            await asyncio.to_thread(lambda: registry.promote(registry.add(tmp_path / "two")))
            await until(lambda: answers[-1][1].startswith("two-"))
            await asyncio.to_thread(registry.rollback)
            await until(lambda: answers[-1][1].startswith("one-"))
            is_over.set()
            following.cancel()

    asyncio.run(run())
    assert {status for status, _ in answers} == {200}
    served = {model.partition("-")[0] for _, model in answers}
    assert served == {"one", "two"}

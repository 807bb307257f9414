"""The engine serves while it runs, and refuses while it does not."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import ArtefactError
from spamguard.model.artefact import MANIFEST_NAME
from spamguard.model.loading import shipped_folder
from spamguard.service.cleaning import Cleaning
from spamguard.service.engine import Engine
from spamguard.service.problems import ProblemError
from spamguard.service.settings import Settings

TEXT = "good"


def clean(guard: spamguard.Guard) -> str:
    """Clean a text."""
    return guard.clean(TEXT).text


def test_it_loads_the_model_when_it_starts(guard: spamguard.Guard) -> None:
    engine = Engine(Settings())

    async def ask() -> str:
        async with engine.running():
            return await engine.run(lambda guard: guard.model_id)

    assert asyncio.run(ask()) == guard.model_id


def test_a_bad_model_keeps_it_from_starting(tmp_path: Path) -> None:
    async def start() -> None:
        async with Engine(Settings(model=tmp_path)).running():
            pytest.fail("it runs")

    with pytest.raises(ArtefactError):
        asyncio.run(start())


def test_a_profile_that_a_model_of_ones_own_lacks_is_the_callers_fault(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    manifest = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
    del manifest["thresholds"]["corpus"]
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest), "utf-8")

    bodies = [b'{"text": "good", "profile": "corpus"}', b'{"text": "good"}']
    problem, answer = Cleaning(Settings()).answers(spamguard.load(folder), bodies)
    assert isinstance(problem, ProblemError)
    assert problem.status == 422
    assert [fault.pointer for fault in problem.faults] == ["#/profile"]
    assert isinstance(answer, bytes)


def test_it_refuses_before_and_after_and_can_run_again(guard: spamguard.Guard) -> None:
    engine = Engine(Settings(retry_after_s=4), guard)

    async def run() -> None:
        async with engine.running():
            assert await engine.run(clean) == TEXT

    for _ in range(2):
        with pytest.raises(ProblemError) as caught:
            asyncio.run(engine.run(clean))
        assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "4"})
        asyncio.run(run())

"""The documentation's examples run against a live service, and its table is the code's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import spamguard
from spamguard.service.app import create_app
from spamguard.service.settings import Settings
from spamguard.service.settings_table import settings_table

Serving = Callable[[FastAPI], AbstractContextManager[httpx.Client]]

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXT = (DOCS / "service.md").read_text("utf-8")
CURL = re.findall(r"^```sh curl\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
TOKEN = "a-token-of-some-length"


@pytest.fixture(scope="module")
def url(guard: spamguard.Guard, serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service such as the documentation speaks to."""
    file = tmp_path_factory.mktemp("store") / "feedback.sqlite"
    settings = Settings(tokens=(TOKEN,), feedback=f"sqlite:{file}", review_queue=5)
    with serving(create_app(settings, guard=guard)) as client:
        yield str(client.base_url).rstrip("/")


def run(url: str, *command: str) -> str:
    """What a program prints, with the documentation's address replaced."""
    told = [word.replace("http://localhost:8000", url) for word in command]
    environment = {**os.environ, "TOKEN": TOKEN}
    done = subprocess.run(told, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize("example", CURL)
def test_every_curl_example_is_answered_without_an_error(url: str, example: str) -> None:
    answers = run(url, "sh", "-c", example).replace("}{", "}\n{").splitlines()
    assert answers
    for answer in map(json.loads, answers):
        assert "status" not in answer


@pytest.mark.parametrize("example", PYTHON)
def test_every_python_example_runs(url: str, example: str) -> None:
    run(url, sys.executable, "-c", example)


def test_there_are_examples_of_both() -> None:
    assert len(CURL) >= 5
    assert len(PYTHON) >= 2


def test_the_table_of_settings_is_the_codes() -> None:
    page = (DOCS / "operations.md").read_text("utf-8")
    shown = page.partition("settings_table -->\n")[2].partition("\n<!-- settings: end")[0]
    assert shown == settings_table()

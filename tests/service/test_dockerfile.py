"""The image runs the service as nobody, and its health check tells a live one from a dead one."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import httpx
import pytest

from spamguard.cli.serve import serve_command
from spamguard.service.run import listen

ROOT = Path(__file__).parent.parent.parent


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, in order."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    joined = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    parted = (line.partition(" ") for line in joined.splitlines() if line)
    return [(name, argument.strip()) for name, _, argument in parted]


@pytest.fixture(scope="module")
def final() -> dict[str, str]:
    """The last stage's instructions; of those that stand twice the last one holds."""
    found = instructions()
    last_stage = max(number for number, (name, _) in enumerate(found) if name == "FROM")
    return dict(found[last_stage:])


@pytest.fixture(scope="module")
def health_check(final: dict[str, str]) -> list[str]:
    """The health check's command."""
    words: list[str] = json.loads(final["HEALTHCHECK"].partition("CMD ")[2])
    assert words[0] == "python"
    return [sys.executable, *words[1:]]


def test_two_stages_of_the_same_pinned_python() -> None:
    bases = [argument.split()[0] for name, argument in instructions() if name == "FROM"]
    assert bases == ["python:${PYTHON_VERSION}-slim"] * 2


def test_it_runs_as_a_user_that_is_visibly_not_root(final: dict[str, str]) -> None:
    user, _, group = final["USER"].partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_feedback_is_kept_in_a_volume_that_the_user_may_write(final: dict[str, str]) -> None:
    place = dict(one.partition("=")[::2] for one in final["ENV"].split())["SPAMGUARD_FEEDBACK"]
    assert str(Path(place.removeprefix("sqlite:")).parent) == final["VOLUME"]
    user, _, group = final["USER"].partition(":")
    assert final["RUN"] == f"install -d -o {user} -g {group} -m 700 {final['VOLUME']}"


def test_its_command_is_one_that_spamguard_knows(final: dict[str, str]) -> None:
    assert json.loads(final["ENTRYPOINT"]) == ["spamguard"]
    name, *arguments = json.loads(final["CMD"])
    assert name == serve_command.name
    with click.Context(click.Command("spamguard")) as parent:
        given = serve_command.make_context("serve", arguments, parent=parent).params
    assert (given["host"], given["port"]) == ("0.0.0.0", int(final["EXPOSE"]))


def test_all_it_copies_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [path for name, paths in instructions() if name == "COPY" for path in paths.split()[:-1]]
    for path in copied:
        assert (ROOT / path).exists()
        assert f"!{path}" in ignored


def test_what_the_wheel_takes_along_is_copied() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {path for name, paths in instructions() if name == "COPY" for path in paths.split()[:-1]}
    for path in (*wheel["packages"], *wheel["force-include"]):
        assert copied & {path, *(str(parent) for parent in Path(path).parents)}, path


def test_the_health_check_passes_on_a_ready_service(client: httpx.Client, health_check: list[str]) -> None:
    check = [word.replace("8000", str(client.base_url.port)) for word in health_check]
    assert subprocess.run(check, timeout=30).returncode == 0


def test_the_health_check_fails_where_nothing_answers(health_check: list[str]) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    check = [word.replace("8000", str(port)) for word in health_check]
    assert subprocess.run(check, capture_output=True, timeout=30).returncode != 0

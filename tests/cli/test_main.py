from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import spamguard
from spamguard.cli.main import commands

COMMANDS = ("clean", "evaluate", "explain", "model", "serve", "train", "undo")


def test_the_version_is_the_packages() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "spamguard.cli.main", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout == f"spamguard {spamguard.__version__}\n"


def test_help_names_every_command() -> None:
    text = CliRunner().invoke(commands, ["--help"]).stdout
    assert all(f"  {name} " in text for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_explains_itself(command: str) -> None:
    found = commands.commands[command]
    assert found.help
    assert all(option.help for option in found.params if isinstance(option, click.Option))


@pytest.mark.parametrize("arguments", [["no-such-command"], ["explain"], ["clean", "--no-such-option", "x"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(commands, arguments).exit_code == 2


def test_a_model_that_is_none_ends_in_one_line(tmp_path: Path) -> None:
    run = CliRunner().invoke(commands, ["model", "--model", str(tmp_path)])
    assert run.exit_code == 1
    assert run.stderr.startswith("Error: ")
    assert run.stderr.count("\n") == 1

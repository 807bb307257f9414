from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from spamguard.cli.main import commands

RunWithout = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--in-place",), "--in-place"),
        (("--json", "--diff"), "--diff, --json"),
        (("--category", "pharma"), "--category"),
        (("--key", "spamguard"), "--key"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_ray_refuses_options_it_knows_nothing_of_by_their_names(
    tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    pytest.importorskip("ray")
    out = str(tmp_path / "out")
    outcome = CliRunner().invoke(
        commands, ["clean", str(tmp_path), "--out", out, "--engine", "ray", *options]
    )
    assert outcome.exit_code == 2
    assert f"--engine ray knows no {named}\n" in outcome.stderr


@pytest.mark.parametrize("options", [(), ("--field", "a", "--field", "b", "--out", "out")])
def test_ray_takes_one_folder_an_output_and_one_field(tmp_path: Path, options: tuple[str, ...]) -> None:
    pytest.importorskip("ray")
    outcome = CliRunner().invoke(commands, ["clean", str(tmp_path), "--engine", "ray", *options])
    assert outcome.exit_code == 2
    assert "--engine ray takes one folder, --out and one field" in outcome.stderr


def test_without_ray_its_install_line_is_named(run_without: RunWithout, tmp_path: Path) -> None:
    outcome = run_without("ray", "clean", str(tmp_path), "--out", str(tmp_path / "out"), "--engine", "ray")
    assert outcome.returncode == 1
    assert "pip install 'spamguard[ray]'" in outcome.stderr


def test_an_address_is_of_no_use_without_ray(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(commands, ["clean", str(tmp_path), "--address", "auto"])
    assert outcome.exit_code == 2
    assert "--address needs --engine ray" in outcome.stderr


def test_the_help_names_every_option_of_both_engines_and_the_formats() -> None:
    text = CliRunner().invoke(commands, ["clean", "--help"]).stdout
    command = commands.commands["clean"]
    options = [option for parameter in command.params for option in parameter.opts if option[0] == "-"]
    assert {"--engine", "--address", "--out", "--format", "--field", "--key", "--encoding"} <= set(options)
    assert [option for option in options if option not in text] == []
    assert "FORMATS. Endings tell" in text

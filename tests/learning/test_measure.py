"""The script that measures a model on cases made for it, run on a recipe of a few made-up texts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from spamguard.learning import recipe

SCRIPT = Path(__file__).parents[2] / "training" / "measure.py"


@pytest.fixture(scope="module")
def measure() -> click.Group:
    """The script's commands."""
    spec = importlib.util.spec_from_file_location("measure", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    commands: click.Group = module.measure
    return commands


def run(measure: click.Group, *arguments: object) -> str:
    """Run one of the commands."""
    outcome = CliRunner().invoke(measure, list(map(str, arguments)), catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


@pytest.mark.parametrize(
    ("command", "key"), [("disguises", "disguise"), ("families", "family"), ("held-out", "lang")]
)
def test_tables_come_by_group_and_in_all(measure: click.Group, tiny: Path, command: str, key: str) -> None:
    shown = run(measure, command, "--config", tiny / "config.toml", "--sample", 40)
    assert f"| {key} | contaminated | recall | restored | precision |" in shown
    assert "mean recall" in shown
    assert "| default-" in shown


def test_each_group_is_left_out_once_and_a_second_run_trains_nothing(
    measure: click.Group, tiny: Path, small_steps: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("leave-out", "--config", tiny / "config.toml", "--by", "category", "--scale", "1.0")
    bounds = ("--per-family", 3, "--clean", 12, "--out", tmp_path)
    shown = run(measure, *arguments, *bounds)
    results = {path.stem: json.loads(path.read_text()) for path in tmp_path.iterdir()}
    assert results.keys() == {"adult", "pharma"}
    assert results["adult"]["recall"].keys() == {"zh-forum"}
    assert "mean over 2 families" in shown
    monkeypatch.setattr(recipe, "train", None)
    assert run(measure, *arguments, *bounds) == shown


def test_no_group_is_started_when_time_is_up(measure: click.Group, tiny: Path, tmp_path: Path) -> None:
    run(measure, "leave-out", "--config", tiny / "config.toml", "--out", tmp_path, "--minutes", 0)
    assert not list(tmp_path.iterdir())

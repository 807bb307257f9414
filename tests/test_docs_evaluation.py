"""What the documents on evaluation and profiles say is so."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from spamguard.cli.evaluate import evaluate_command
from spamguard.cli.train import train_command

ROOT = Path(__file__).parent.parent
EVALUATION = (ROOT / "docs" / "evaluation.md").read_text("utf-8")
PROFILES = (ROOT / "docs" / "profiles.md").read_text("utf-8")


def test_the_python_example_runs() -> None:
    [example] = re.findall(r"```python\n(.*?)```", PROFILES, re.DOTALL)
    exec(compile(example, "docs/profiles.md", "exec"), {})


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<=[ `])--[a-z-]+", EVALUATION + PROFILES))))
def test_every_option_is_one(option: str) -> None:
    spec = importlib.util.spec_from_file_location("measure", ROOT / "training" / "measure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    commands = [evaluate_command, train_command, *module.measure.commands.values()]
    assert option in {name for command in commands for one in command.params for name in one.opts}


def test_the_measures_are_those_that_an_evaluation_gives() -> None:
    from spamguard.learning.evaluation import Tally

    assert set(re.findall(r"^\| ([a-z~]+) \| (?:share|the same|genuine)", EVALUATION, re.MULTILINE)) == (
        set(Tally().measures()) - {"contaminated", "clean"}
    )


def test_both_profiles_have_their_figures() -> None:
    figures = PROFILES.partition("<!-- figures: begin")[2].partition("<!-- figures: end")[0]
    assert figures.count("| newsroom") == figures.count("| corpus") >= 1

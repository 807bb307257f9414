from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from spamguard.cli.main import commands
from spamguard.learning.proof import gate


def test_without_scikit_learn_train_says_how_to_install_it(
    run_without: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "config.toml").touch()
    run = run_without("sklearn", "train", "--config", str(tmp_path / "config.toml"), "--out", str(tmp_path))
    assert run.returncode == 1
    assert run.stderr == "Error: training needs more libraries: pip install 'spamguard[train]'\n"


def test_with_nothing_to_learn_from_train_says_what_it_takes(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(commands, ["train", "--out", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "name files of LABELS" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["LABELS", "--from-scratch"], "LABELS"),
        (["--from-scratch", "--seed", "5"], "--seed"),
        (["--from-scratch", "--report", "r", "--name", "n", "--base", "b"], "--report"),
        (["--from-scratch", "--hold-out", "0.1"], "--hold-out"),
        (["--from-scratch", "--feedback", "f"], "--feedback"),
        (["--from-scratch", "--strict"], "--strict"),
        (["--from-scratch", "--text-field", "body"], "--text-field"),
        (["LABELS", "--without", "*-casino"], "--without"),
        (["--without", "*-casino"], "--without"),
        (["LABELS", "--data", "."], "--data"),
    ],
    ids=" ".join,
)
def test_what_would_not_be_honoured_is_refused(tmp_path: Path, arguments: list[str], named: str) -> None:
    outcome = CliRunner().invoke(commands, ["train", *arguments, "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 2, outcome.output
    assert named in outcome.stderr
    assert "does not take" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_labels_that_teach_nothing_are_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = gate.floor_cases()[::60]
    monkeypatch.setattr(gate, "floor_cases", lambda: few)
    monkeypatch.setattr(gate, "read_floors", lambda path: {})
    labels = tmp_path / "ham.txt"
    labels.write_text("ham\tThe council met on Monday.\nham\tThe ferry runs until midnight.\n", "utf-8")
    outcome = CliRunner().invoke(commands, ["train", str(labels), "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 1, outcome.output
    assert "refused: nothing was learnt" in outcome.stdout
    assert "the gate is open" not in outcome.stdout


def test_the_text_of_labels_may_stand_in_a_field_of_another_name(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"body": "buy pills", "spans": []}\n' * 2, "utf-8")
    command = ["train", str(labels), "--strict", "--out", str(tmp_path / "out")]
    assert "--text-field" in CliRunner().invoke(commands, command).stderr
    outcome = CliRunner().invoke(commands, [*command, "--text-field", "body"])
    assert outcome.exit_code == 2
    assert "labels: duplicate: 1" in outcome.stderr


def test_strict_training_stops_at_faulty_labels(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("spam\tbuy pills\nspam\tbuy pills\n", "utf-8")
    outcome = CliRunner().invoke(commands, ["train", str(labels), "--strict", "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 2
    assert "labels: duplicate: 1" in outcome.stderr
    assert not (tmp_path / "out").exists()

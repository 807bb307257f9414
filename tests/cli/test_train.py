from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from click.testing import CliRunner

from spamguard.cli.main import commands


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


def test_strict_training_stops_at_faulty_labels(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("spam\tbuy pills\nspam\tbuy pills\n", "utf-8")
    outcome = CliRunner().invoke(commands, ["train", str(labels), "--strict", "--out", str(tmp_path / "out")])
    assert outcome.exit_code == 2
    assert "labels: duplicate: 1" in outcome.stderr
    assert not (tmp_path / "out").exists()

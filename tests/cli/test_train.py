from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess


def test_without_scikit_learn_train_says_how_to_install_it(
    run_without: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "config.toml").touch()
    run = run_without("sklearn", "train", "--config", str(tmp_path / "config.toml"), "--out", str(tmp_path))
    assert run.returncode == 1
    assert run.stderr == "Error: training needs more libraries: pip install 'spamguard[train]'\n"

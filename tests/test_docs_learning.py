"""The tutorial's commands run as they stand, in its folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from spamguard.cli.main import commands

DOCS = Path(__file__).parents[1] / "docs"


def test_every_command_of_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(DOCS / "learning", tmp_path / "learning")
    monkeypatch.chdir(folder)
    lines = re.findall(r"^\$ spamguard (.+)$", (DOCS / "learning.md").read_text("utf-8"), re.MULTILINE)
    assert len(lines) > 8
    for line in lines:
        outcome = CliRunner().invoke(commands, shlex.split(line))
        assert outcome.exit_code == 0, f"{line}: {outcome.output}"
    for name in ("queue.json", "report/index.html", "models/registry.json", "cleaned", "drift.svg"):
        assert (folder / name).exists()

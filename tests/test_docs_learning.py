"""The tutorial's commands run as they stand, in its folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from spamguard.cli.main import commands
from spamguard.learning.proof import gate

DOCS = Path(__file__).parents[1] / "docs"


def test_every_command_of_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(DOCS / "learning", tmp_path / "learning")
    monkeypatch.chdir(folder)
    # Each tenth case shows that the commands run; tests/test_learning_loop.py holds the gate to all of them,
    # and the floors say nothing of so few.
    some = gate.floor_cases()[::10]
    monkeypatch.setattr(gate, "floor_cases", lambda: some)
    monkeypatch.setattr(gate, "read_floors", lambda path: {})
    lines = re.findall(r"^\$ spamguard (.+)$", (DOCS / "learning.md").read_text("utf-8"), re.MULTILINE)
    assert len(lines) > 8
    for line in lines:
        outcome = CliRunner().invoke(commands, shlex.split(line))
        assert outcome.exit_code == 0, f"{line}: {outcome.output}"
    for name in ("queue.json", "report/index.html", "models/registry.json", "cleaned", "drift.svg"):
        assert (folder / name).exists()
    assert "<svg" in (folder / "report" / "index.html").read_text("utf-8")

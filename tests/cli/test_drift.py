from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from spamguard.cli.main import commands

LINE = '{"file": "a.txt", "start": 0, "end": 2, "text": "%s", "score": %s, "category": "other"}\n'


def test_months_are_compared_and_drawn(tmp_path: Path) -> None:
    reports = [tmp_path / f"removed-2026-{month}.jsonl" for month in ("10", "11")]
    reports[0].write_text(LINE % ("buy pills", 0.99), "utf-8")
    reports[1].write_text(LINE % ("zorvex", 0.7), "utf-8")
    plot = tmp_path / "drift.svg"
    outcome = CliRunner().invoke(commands, ["drift", *map(str, reports), "--plot", str(plot)])
    assert outcome.exit_code == 0
    assert outcome.stdout.splitlines()[2].split()[:4] == ["2026-11", "1", "100%", "100%"]
    assert "time to label" in outcome.stdout
    assert plot.read_text("utf-8").startswith("<svg")

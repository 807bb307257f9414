from __future__ import annotations

import gzip
from pathlib import Path

from click.testing import CliRunner

import spamguard
from spamguard.cli.main import commands

LINE = '{"file": "a.txt", "start": 0, "end": 2, "text": "%s", "score": %s, "category": "other"}\n'


def test_months_are_compared_and_drawn(tmp_path: Path) -> None:
    reports = [tmp_path / f"removed-2026-{month}.jsonl" for month in ("10", "11")]
    reports[0].write_text(LINE % ("buy pills", 0.99), "utf-8")
    near = spamguard.load().manifest["thresholds"]["newsroom"] - 0.02
    reports[1].write_text(LINE % ("zorvex", near), "utf-8")
    plot = tmp_path / "drift.svg"
    outcome = CliRunner().invoke(commands, ["drift", *map(str, reports), "--plot", str(plot)])
    assert outcome.exit_code == 0
    assert outcome.stdout.splitlines()[2].split()[:4] == ["2026-11", "1", "100%", "100%"]
    assert "time to label" in outcome.stdout
    assert plot.read_text("utf-8").startswith("<svg")


def test_packed_reports_are_read_and_damaged_ones_named(tmp_path: Path) -> None:
    whole, damaged = tmp_path / "removed-2026-10.jsonl.gz", tmp_path / "removed-2026-11.jsonl.gz"
    content = gzip.compress((LINE % ("buy pills", 0.99)).encode())
    whole.write_bytes(content)
    damaged.write_bytes(content[:-9])
    outcome = CliRunner().invoke(commands, ["drift", str(whole)])
    assert outcome.stdout.splitlines()[1].split()[:2] == ["2026-10", "1"]
    outcome = CliRunner().invoke(commands, ["drift", str(damaged)])
    assert outcome.exit_code == 2
    assert "removed-2026-11.jsonl.gz: the .gz data breaks off" in outcome.stderr


def test_scores_are_near_the_threshold_that_the_shipped_model_cleans_with(tmp_path: Path) -> None:
    least = spamguard.load().manifest["thresholds"]["newsroom"]
    path = tmp_path / "removed-2026-10.jsonl"
    path.write_text((LINE % ("a", least)) + (LINE % ("b", least - 0.2)), "utf-8")
    outcome = CliRunner().invoke(commands, ["drift", str(path)])
    assert outcome.stdout.splitlines()[1].split()[3] == "50%"


def test_new_strings_are_listed(tmp_path: Path) -> None:
    for month, text in (("10", "buy pills"), ("11", "zorvex")):
        (tmp_path / f"removed-2026-{month}.jsonl").write_text(LINE % (text, 0.99), "utf-8")
    outcome = CliRunner().invoke(commands, ["drift", *map(str, sorted(tmp_path.iterdir()))])
    lines = outcome.stdout.splitlines()
    assert lines[3:5] == ["new in 2026-11, with how often each was found:", "      1  zorvex"]

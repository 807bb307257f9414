from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.campaigns.conftest import AD, BYLINE, article

from spamguard.cli.main import commands


def run(*arguments: str | Path) -> Result:
    """Run `spamguard campaigns`."""
    return CliRunner().invoke(commands, ["campaigns", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    news = tmp_path / "news"
    (news / "june").mkdir(parents=True)
    for number in range(5):
        (news / "june" / f"{number}.txt").write_text(f"{BYLINE}\n{article(number)}\n{AD}\n", "utf-8")
    (news / "logo.png").write_bytes(b"\0\1")
    return news


def test_campaigns_are_listed_with_their_contacts(folder: Path) -> None:
    outcome = run(folder)
    assert outcome.exit_code == 0, outcome.output
    assert AD in outcome.stdout
    assert "phone:015173318842" in outcome.stdout
    assert BYLINE not in outcome.stdout


def test_tables_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(folder, "--out", out).exit_code == 0
    _, contact = csv.reader((out / "contacts.csv").read_text("utf-8").splitlines())
    assert contact[:2] == ["phone", "015173318842"]
    first = json.loads((out / "campaigns.jsonl").read_text("utf-8").splitlines()[0])
    assert first["samples"][0] == AD
    assert first["first"] == "june/0.txt"
    assert (out / "campaigns.csv").exists()
    assert not (out / "cleaned").exists()


def test_two_passes_clean_the_folder_too(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run(folder, "--out", out, "--two-pass")
    assert outcome.exit_code == 0, outcome.output
    for number in range(5):
        expected = f"{BYLINE}\n{article(number)}\n"
        assert (out / "cleaned" / "june" / f"{number}.txt").read_text("utf-8") == expected
    assert "5 cleaned, 1 skipped" in outcome.stderr


def test_a_report_will_do(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "spans.jsonl"
    CliRunner().invoke(
        commands, ["clean", str(folder), "--out", str(tmp_path / "o"), "--report", str(report)]
    )
    outcome = run(report, "--json")
    assert AD in {json.loads(line)["samples"][0] for line in outcome.stdout.splitlines()}


def test_two_passes_need_a_folder_and_an_output(folder: Path) -> None:
    assert run(folder, "--two-pass").exit_code == 2
    assert run(folder / "june" / "0.txt", "--two-pass", "--out", folder).exit_code == 2


def test_the_output_may_not_lie_in_the_input(folder: Path) -> None:
    assert run(folder, "--two-pass", "--out", folder / "out").exit_code == 2

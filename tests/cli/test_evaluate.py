from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spamguard.cli.main import commands


def run(*arguments: str | Path) -> Result:
    """Run `spamguard evaluate`."""
    return CliRunner().invoke(commands, ["evaluate", *map(str, arguments)])


@pytest.fixture
def cases(tmp_path: Path, original: str, polluted: str) -> Path:
    """A polluted case that comes back right, a clean one, and one whose gold spans nobody would find."""
    shared = {"lang": "en", "family": "zh-adult", "clean": original}
    line, prefix = polluted.index("爱上海"), polluted.index("上海贵族")
    spans = [[line, line + len("爱上海同城419论坛")], [prefix, prefix + len("上海贵族宝贝自荐419")]]
    rows = [
        shared | {"id": "1", "pattern": "mixed", "text": polluted, "spans": spans},
        shared | {"id": "2", "pattern": "clean", "text": original, "spans": [], "family": None},
        shared | {"id": "3", "pattern": "hidden", "text": original, "clean": "", "spans": [[0, 7]]},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_measures_are_those_of_the_cases(cases: Path) -> None:
    rows = json.loads(run(cases, "--by", "pattern", "--json").stdout)
    assert (rows["all"]["contaminated"], rows["all"]["clean"]) == (2, 1)
    assert (rows["all"]["restored"], rows["all"]["altered"]) == (0.5, 0.0)
    assert rows["pattern=mixed"] | {"lost": 0} == {
        "contaminated": 1,
        "clean": 0,
        "restored": 1.0,
        "restored~": 1.0,
        "recall": 1.0,
        "precision": 1.0,
        "altered": None,
        "lost": 0,
    }


def test_the_table_has_a_row_for_each_group(cases: Path) -> None:
    lines = run(cases, "--by", "family", "--by", "lang").stdout.splitlines()
    names = [line.split()[0] for line in lines]
    assert names == ["contaminated", "all", "family=None", "family=zh-adult", "lang=en", "MB/s"]


def test_mistakes_show_on_standard_error(cases: Path) -> None:
    outcome = run(cases, "--show", "5")
    assert outcome.stderr.startswith("--- 3 zh-adult hidden en\n    missed  Harbour ferry")


def test_kinds_of_error_are_counted_on_standard_error(cases: Path) -> None:
    lines = run(cases, "--kinds", "3").stderr.splitlines()
    assert lines[0].split() == ["kind", "errors", "documents", "characters"]
    assert lines[1].startswith("missed: in front of a line")
    assert lines[1].endswith("Harbour")


def test_a_report_is_a_page_in_a_folder_of_its_own(cases: Path, tmp_path: Path) -> None:
    outcome = run(cases, "--report", tmp_path / "report")
    page = tmp_path / "report" / "index.html"
    assert outcome.stderr == f"report written to {page}\n"
    assert "<svg" in page.read_text("utf-8")


def test_lengths_are_a_grouping(cases: Path) -> None:
    assert "length=200 to 599" in run(cases, "--by", "length").stdout


def test_floors_that_hold_exit_with_0_and_broken_ones_with_1(cases: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text('{"all": {"restored": {"min": 0.5}}, "pattern=mixed": {"recall": {"min": 1}}}')
    assert run(cases, "--floors", floors).exit_code == 0
    floors.write_text('{"all": {"restored": {"min": 0.6}}}')
    outcome = run(cases, "--floors", floors)
    assert outcome.exit_code == 1
    assert outcome.stderr == "all: restored is 0.5, its floor is at least 0.6\n"


def test_a_faulty_case_is_wrong_usage_and_named(cases: Path) -> None:
    with open(cases, "a") as lines:
        lines.write('{"id": "4"}\n')
    outcome = run(cases)
    assert outcome.exit_code == 2
    assert "cases.jsonl, line 4: field 'text' is missing" in outcome.stderr

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from spamguard.cli.main import commands


@pytest.fixture
def article(tmp_path: Path, polluted: str) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(b"\xef\xbb\xbf" + polluted.encode())
    return path


def test_each_span_shows_its_place_and_reasons(article: Path) -> None:
    lines = CliRunner().invoke(commands, ["explain", str(article)]).stdout.splitlines()
    heads = [line for line in lines if line.startswith(str(article))]
    assert [head.removeprefix(f"{article}:").split()[0] for head in heads] == ["4:1", "7:1"]
    assert heads[0].endswith("爱上海同城419论坛")
    assert len(lines) > len(heads)


def test_json_has_a_line_for_each_span(article: Path) -> None:
    run = CliRunner().invoke(commands, ["explain", str(article), "--json"])
    spans = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(span["line"], span["column"]) for span in spans] == [(4, 1), (7, 1)]
    assert all(span["reasons"][0].keys() == {"reason", "weight"} for span in spans)


def test_a_clean_text_has_nothing_to_explain(original: str) -> None:
    run = CliRunner().invoke(commands, ["explain", "-"], input=original.encode())
    assert (run.exit_code, run.stdout, run.stderr) == (0, "", "no spam found\n")


def test_what_is_no_text_is_refused() -> None:
    assert CliRunner().invoke(commands, ["explain", "-"], input=b"\0").exit_code == 2

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the command writes, on a budget that only shows that it works."""
    out = tmp_path_factory.mktemp("results")
    command = [sys.executable, "-m", "benchmarks", "--seconds", "0.02", "--out", str(out)]
    command += ["--only", "sizes", "stages"]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    written = (out / "speed.md").read_text("utf-8")
    assert run.stdout.strip() == written.strip()
    return written


def test_a_page_says_when_where_and_how_it_was_measured(page: str) -> None:
    for fact in ("- date: 2", "- command: `python -m benchmarks --seconds 0.02", "- machine: ", "- model: "):
        assert fact in page


def test_a_page_has_a_table_for_each_measurement_asked_for(page: str) -> None:
    assert all(f"## {title}" in page for title in ("One document", "Time by module"))
    assert "| 1 kB |" in page

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
    arguments = [
        "--seconds",
        "0.02",
        "--only",
        "roads",
        "latency",
        "sizes",
        "stages",
        "peers",
        "--out",
        str(out),
    ]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    written = (out / "speed.md").read_text("utf-8")
    assert run.stdout.strip() == written.strip()
    return written


def test_a_page_says_when_where_and_how_it_was_measured(page: str) -> None:
    for fact in ("- date: 2", "- command: `python -m benchmarks --seconds 0.02", "- machine: ", "- model: "):
        assert fact in page


def test_a_page_has_a_table_for_each_measurement_asked_for(page: str) -> None:
    for title in (
        "News of 1.5 to 6 kB",
        "One article of 3 kB",
        "One document",
        "Time by module",
        "Peers on the same",
    ):
        assert f"## {title}" in page


def test_every_peer_is_measured_or_named_as_left_out(page: str) -> None:
    from benchmarks.peers import PEERS

    section = page[page.index("## Peers") :]
    assert all(name in section for name in PEERS)
    assert "| spamguard |" in section


def test_the_regular_expression_needs_no_library(page: str) -> None:
    assert "| script filter (regular expression) |" in page

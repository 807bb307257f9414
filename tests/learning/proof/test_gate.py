from __future__ import annotations

import json
from pathlib import Path

import pytest

from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.proof.comparison import Comparison, Figure
from spamguard.learning.proof.gate import FLOOR_SET, HARD, HELD_OUT, floor_cases, label_cases, refusals

ROWS: dict[str, dict[str, float | None]] = {"all": {"restored": 0.8, "altered": 0.01}}


def proof(restored: tuple[float, float], altered: tuple[float, float]) -> dict[str, Comparison]:
    """Return comparisons with two figures."""
    figures = {"restored": Figure(*restored, 0, 0), "altered": Figure(*altered, 0, 0)}
    return {FLOOR_SET: Comparison(10, figures, ROWS), HARD: Comparison(0), HELD_OUT: Comparison(0)}


@pytest.fixture
def floors(tmp_path: Path) -> Path:
    """Floors that the rows hold."""
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"all": {"restored": {"min": 0.7}, "altered": {"max": 0.03}}}))
    return path


@pytest.mark.parametrize(
    ("restored", "altered", "fault"),
    [
        ((0.8, 0.8), (0.01, 0.01), None),
        ((0.8, 0.797), (0.01, 0.0), None),
        ((0.8, 0.796), (0.01, 0.01), "floor set: restored falls from 0.8 to 0.796"),
        ((0.8, 0.9), (0.01, 0.0101), "floor set: altered rises from 0.01 to 0.0101"),
    ],
)
def test_what_falls_against_the_base_is_refused_by_name(
    floors: Path, restored: tuple[float, float], altered: tuple[float, float], fault: str | None
) -> None:
    found = refusals(proof(restored, altered), floors)
    assert (not found) if fault is None else found[0].startswith(fault)


def test_a_floor_that_any_model_must_hold_is_named(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"all": {"restored": {"min": 0.9}}}))
    found = refusals(proof((0.8, 0.8), (0.01, 0.01)), path)
    assert found == ["floor set, all: restored is 0.8, its floor is at least 0.9"]


def test_held_out_labels_are_measured_with_and_without_their_ads() -> None:
    cases = label_cases([Label("ad\ngood\n", (Mark(0, 2),), "", "7"), Label("good")])
    assert [(case.text, case.clean, case.contaminated) for case in cases] == [
        ("ad\ngood\n", "good\n", True),
        ("good\n", "good\n", False),
        ("good", "good", False),
    ]


def test_the_floor_set_travels_with_the_package() -> None:
    assert len(floor_cases()) > 500

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.floors import fallen, keys_of, read_floors

ROWS: dict[str, dict[str, float | None]] = {
    "all": {"restored": 0.9, "altered": 0.01},
    "lang=zh": {"restored": None},
}


def test_figures_at_their_floor_hold() -> None:
    assert not fallen({"all": {"restored": {"min": 0.9}, "altered": {"max": 0.01}}}, ROWS)


def test_every_floor_that_broke_is_named() -> None:
    faults = fallen({"all": {"restored": {"min": 0.91}, "altered": {"max": 0.009}}}, ROWS)
    assert faults == [
        "all: restored is 0.9, its floor is at least 0.91",
        "all: altered is 0.01, its floor is at most 0.009",
    ]


@pytest.mark.parametrize("group", ["lang=zh", "lang=en"])
def test_a_figure_that_was_not_measured_does_not_hold(group: str) -> None:
    assert fallen({group: {"restored": {"min": 0.1}}}, ROWS) == [f"{group}: restored was not measured"]


def test_the_groups_of_the_floors_say_how_to_group() -> None:
    assert keys_of({"all": {}, "lang=zh": {}, "family=seo": {}, "lang=en": {}}) == ["family", "lang"]


@pytest.mark.parametrize(
    "floors",
    [
        [],
        {},
        {"all": 1},
        {"all": {"restord": {"min": 1}}},
        {"all": {"lost": {}}},
        {"all": {"lost": {"least": 1}}},
        {"all": {"lost": {"max": "1"}}},
        {"all": {"lost": {"max": True}}},
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path: Path, floors: object) -> None:
    path = tmp_path / "floors.json"
    path.write_text(json.dumps(floors))
    with pytest.raises(InputError, match=r"floors\.json"):
        read_floors(path)


def test_good_floors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text('{"all": {"restored": {"min": 0.9}}}')
    assert read_floors(path) == {"all": {"restored": {"min": 0.9}}}

"""What the campaign measurement promises of its own material."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTING = tomllib.loads((ROOT / "benchmarks" / "campaigns" / "campaigns.toml").read_text("utf-8"))


def test_the_measured_campaigns_are_of_kinds_that_the_model_was_not_trained_on() -> None:
    inventory = "".join(path.read_text("utf-8") for path in (ROOT / "training" / "inventory").glob("*.toml"))
    measured = [one for one in LISTING["campaign"] if one["set"] == "measure"]
    assert len(measured) == 30
    assert not [one["name"] for one in measured if one["kind"].lower() in inventory.lower()]
    strings = [string for one in measured for string in one["strings"]]
    assert not [string for string in strings if string.lower() in inventory.lower()]


def test_each_kind_stands_in_its_campaign() -> None:
    for one in LISTING["campaign"]:
        assert any(one["kind"].lower() in string.lower() for string in one["strings"]), one["name"]


def test_campaigns_for_tuning_are_not_measured() -> None:
    by_set = {
        name: {string for one in LISTING["campaign"] if one["set"] == name for string in one["strings"]}
        for name in ("tune", "measure")
    }
    assert not by_set["tune"] & by_set["measure"]

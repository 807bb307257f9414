from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spamguard.learning.card import render
from spamguard.model import artefact
from spamguard.model.loading import shipped_folder

ROW: dict[str, float | None] = {
    "contaminated": 9,
    "clean": 0,
    "restored": 0.9,
    "recall": 0.8,
    "precision": 1.0,
}
ROW |= {"altered": None, "lost": 3.5}
SOURCE = {"origin": "someone/demo", "licence": "CC0", "role": "host", "sha256": "abcdef" * 10}
MANIFEST: dict[str, Any] = {
    "name": "demo",
    "trained_at": "2026-01-02T03:04:05+00:00",
    "seed": 7,
    "scikit_learn": "1.5",
    "numpy": "2.0",
    "sources": [SOURCE | {"name": "one"}, SOURCE | {"name": "two", "role": "test"}],
    "figures": {
        "calibration_error": 0.0123,
        "held_out": {
            "category_right": 0.87,
            **{
                name: ROW
                for name in (
                    "all",
                    "pattern=prefix",
                    "pattern=flood",
                    "lang=en",
                    "family=en-x",
                    "family=None",
                )
            },
        },
    },
}


def section(card: str, title: str) -> list[str]:
    """The lines of a part of the card."""
    _, _, rest = card.partition(f"## {title}\n")
    return [line for line in rest.split("\n#")[0].split("\n") if line]


def test_the_card_says_what_the_model_is_for_and_what_not() -> None:
    card = render(MANIFEST)
    assert card.startswith("# Model card: demo\n")
    for title in ("What it is for", "What it must not be used for", "Where it fails"):
        assert section(card, title)
    assert "2026-01-02T03:04:05+00:00" in card
    assert "(seed 7," in card


def test_every_group_has_a_line_with_its_measures() -> None:
    card = render(MANIFEST)
    cells = "| 9 | 0 | 0.9 | 0.8 | 1.0 | - | 3.5 |"
    assert section(card, "In all")[2:] == [f"| all {cells}"]
    assert section(card, "By placement")[2:] == [f"| flood {cells}", f"| prefix {cells}"]
    assert section(card, "By language of the article")[2:] == [f"| en {cells}"]
    assert section(card, "By family")[2:] == [f"| None {cells}", f"| en-x {cells}"]
    assert "`score`: 0.0123." in card
    assert "found spans: 0.87." in card


def test_every_source_has_a_line_with_role_licence_and_origin() -> None:
    lines = section(render(MANIFEST), "What it learnt from")
    assert lines[-2:] == [
        "| one | host | CC0 | someone/demo | `abcdefabcdef` |",
        "| two | test | CC0 | someone/demo | `abcdefabcdef` |",
    ]


def test_tables_have_as_many_cells_in_every_line() -> None:
    for title in ("In all", "By placement", "By family", "What it learnt from"):
        rows = [line for line in section(render(MANIFEST), title) if line.startswith("|")]
        assert len({line.count("|") for line in rows}) == 1


def test_no_placeholder_is_left() -> None:
    assert not {"{", "}"} & set(render(MANIFEST))


@pytest.mark.parametrize("key", ["name", "sources", "figures", "seed"])
def test_a_manifest_that_lacks_a_part_makes_no_card(key: str) -> None:
    with pytest.raises(KeyError, match=key):
        render({name: value for name, value in MANIFEST.items() if name != key})


def test_the_shipped_card_is_the_one_that_its_manifest_makes() -> None:
    folder: Path = shipped_folder()
    manifest = json.loads((folder / artefact.MANIFEST_NAME).read_bytes())
    assert (folder / "README.md").read_text("utf-8") == render(manifest)


def test_the_card_names_the_families_that_were_left_out_and_only_then() -> None:
    assert "Trained without" not in render(MANIFEST)
    assert "Trained without" not in render({**MANIFEST, "families_left_out": []})
    assert "**Trained without** en-x, zh-y, and" in render(
        {**MANIFEST, "families_left_out": ["en-x", "zh-y"]}
    )

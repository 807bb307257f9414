"""Models of every format that was released go on loading, and cleaning as they did; others are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import spamguard
from spamguard.errors import ArtefactError
from spamguard.model.artefact import FORMAT, MANIFEST_NAME

FORMATS = Path(__file__).parent / "formats"
RELEASED = sorted(int(folder.name) for folder in FORMATS.iterdir() if folder.name.isdigit())
AD = "Zorvex glow tier join now"
TEXT = f"The council met on Monday.\r\n{AD} • It voted late.\r\n{AD}\r\nTrains run again.\r\n"
CLEAN = "The council met on Monday.\r\n• It voted late.\r\nTrains run again.\r\n"


@pytest.mark.parametrize("number", RELEASED)
def test_a_released_format_loads_and_cleans_as_it_did(number: int) -> None:
    guard = spamguard.load(FORMATS / str(number))
    assert guard.manifest["format"] == number
    result = guard.clean(TEXT)
    assert result.text == CLEAN
    assert [(span.text, span.category) for span in result.spans] == [(AD, "piracy")] * 2
    assert spamguard.restore(result) == TEXT


def test_the_present_format_has_its_fixture() -> None:
    assert FORMAT in RELEASED


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (FORMAT + 1, f"has format {FORMAT + 1}, this spamguard reads up to {FORMAT}: install a newer"),
        (1, "has format 1, which was never released: train the model anew"),
        (0, "format must be a whole number from 1"),
        ("2", "format must be a whole number from 1"),
    ],
)
def test_another_format_is_refused_and_named(tmp_path: Path, number: object, fault: str) -> None:
    folder = shutil.copytree(FORMATS / str(FORMAT), tmp_path / "model")
    manifest = folder / MANIFEST_NAME
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "format": number}), "utf-8")
    with pytest.raises(ArtefactError, match=fault):
        spamguard.load(folder)

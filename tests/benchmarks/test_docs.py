from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from benchmarks.__main__ import MEASUREMENTS, arguments_of

PAGE = (Path(__file__).parent.parent.parent / "docs" / "speed.md").read_text("utf-8")
COMMANDS = re.findall(r"^python -m benchmarks(.*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_is_understood(command: str) -> None:
    assert set(arguments_of(shlex.split(command, comments=True)).only) <= MEASUREMENTS.keys()


def test_every_measurement_is_explained_once() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(MEASUREMENTS)

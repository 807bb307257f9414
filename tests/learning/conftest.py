"""The shipped recipe's ingredients, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.learning.grammar import Family, load_families
from spamguard.learning.held_out import HeldOut
from spamguard.learning.negatives import Passage, load_passages

TRAINING = Path(__file__).parents[2] / "training"


@pytest.fixture(scope="session")
def training() -> Path:
    """The folder of the recipe."""
    return TRAINING


@pytest.fixture(scope="session")
def families() -> list[Family]:
    """The shipped inventory."""
    return load_families(TRAINING / "inventory")


@pytest.fixture(scope="session")
def passages() -> list[Passage]:
    """The shipped passages."""
    return load_passages(TRAINING / "negatives")


@pytest.fixture(scope="session")
def held_out() -> HeldOut:
    """The strings and lines that the recipe leaves out."""
    return HeldOut.read(TRAINING / "held_out.txt")

"""Articles of a campaign that the shipped model never saw, labelled."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from spamguard.learning.campaign import Campaign
from spamguard.learning.grammar import load_family
from spamguard.learning.injection import inject
from spamguard.learning.labels.record import Label, Mark
from spamguard.model.detector import Detector
from spamguard.model.loading import load_detector

ROOT = Path(__file__).parents[3]
FAMILY = ROOT / "training" / "few_shot" / "families" / "en-zorvex.toml"


def polluted(hosts: list[str], count: int, seed: int) -> list[Label]:
    """Pollute articles with strings of the campaign."""
    rng = random.Random(seed)
    campaign = Campaign(load_family(FAMILY), lambda _: True, dress=0.1)
    made = [inject(rng.choice(hosts), campaign, rng) for _ in range(count)]
    return [Label(one.text, tuple(Mark(start, end) for start, end in one.spans)) for one in made]


@pytest.fixture(scope="session")
def hosts() -> list[str]:
    """The examples' articles."""
    return [path.read_bytes().decode() for path in sorted((ROOT / "examples" / "clean").iterdir())]


@pytest.fixture(scope="session")
def labels(hosts: list[str]) -> list[Label]:
    """Articles to learn from."""
    return polluted(hosts[:4], 12, seed=1)


@pytest.fixture(scope="session")
def base() -> Detector:
    """The shipped model."""
    return load_detector()

"""The tutorial's articles of a campaign that the shipped model never saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.learning.labels.reading import read_labels
from spamguard.learning.labels.record import Label
from spamguard.model.detector import Detector
from spamguard.model.loading import load_detector

TUTORIAL = Path(__file__).parents[3] / "docs" / "learning"


@pytest.fixture(scope="session")
def labels() -> list[Label]:
    """Articles to learn from."""
    return read_labels([TUTORIAL / "labels.jsonl"]).labels


@pytest.fixture(scope="session")
def unseen() -> list[str]:
    """Other articles with other strings of the campaign."""
    return [path.read_bytes().decode() for path in sorted((TUTORIAL / "unseen").iterdir())]


@pytest.fixture(scope="session")
def base() -> Detector:
    """The shipped model."""
    return load_detector()

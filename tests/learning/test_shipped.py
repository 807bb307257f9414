from __future__ import annotations

import pytest

from spamguard.errors import SourceError
from spamguard.learning.shipped import shipped


@pytest.mark.parametrize("name", ["floors.json", "floor_set", "held_out.txt", "inventory", "negatives"])
def test_what_training_from_labels_needs_is_there(name: str) -> None:
    assert shipped(name).exists()


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match="training/corpora"):
        shipped("corpora")

"""Weights and statistics of a model that was never trained: any numbers show whether features agree."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables
from spamguard.features.lexical import HASH_BITS


@pytest.fixture(scope="session")
def weights() -> NDArray[np.float32]:
    """A weight for each hashed feature."""
    return np.random.default_rng(1).normal(size=1 << HASH_BITS).astype(np.float32)


@pytest.fixture(scope="session")
def tables() -> LanguageTables:
    """Statistics of three languages."""
    rng = np.random.default_rng(2)
    grams = rng.integers(0, 256, (3, 2, 1 << GRAM_BITS), dtype=np.uint8)
    return LanguageTables(("en", "id", "zh"), grams, rng.integers(0, 16, 1 << PAIR_BITS, dtype=np.uint8))

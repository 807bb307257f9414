"""Weights and statistics of a model that was never trained: any numbers show whether features agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables
from spamguard.features.lexical import HASH_BITS
from spamguard.model.tagger import Prepared, Tagger


@pytest.fixture(scope="session")
def weights() -> NDArray[np.float32]:
    """A weight for each hashed feature, in half precision as a stored model has them."""
    return np.random.default_rng(1).normal(size=1 << HASH_BITS).astype(np.float16).astype(np.float32)


@pytest.fixture(scope="session")
def tables() -> LanguageTables:
    """Statistics of three languages."""
    rng = np.random.default_rng(2)
    grams = rng.integers(0, 256, (3, 2, 1 << GRAM_BITS), dtype=np.uint8)
    return LanguageTables(("en", "id", "zh"), grams, rng.integers(0, 16, 1 << PAIR_BITS, dtype=np.uint8))


@pytest.fixture(scope="session")
def prepare(weights: NDArray[np.float32], tables: LanguageTables) -> Callable[..., Prepared]:
    """Works out all features of a batch; lines below a gate are left out, none by default."""

    def prepared(*texts: str, gate: float = -np.inf) -> Prepared:
        found = Tagger(weights, 0.0, tables, gate).prepare(texts)
        assert found is not None
        return found

    return prepared


@pytest.fixture(scope="session")
def column(prepare: Callable[..., Prepared]) -> Callable[..., list[Any]]:
    """Gives one named feature of each token of a batch."""

    def values(name: str, *texts: str) -> list[Any]:
        context = prepare(*texts).context
        found: list[Any] = context.matrix[:, context.names.index(name)].tolist()
        return found

    return values

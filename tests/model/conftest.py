"""A whole model that was never trained: its verdicts are chance, its mechanics are real."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables
from spamguard.features.lexical import HASH_BITS
from spamguard.model.categories import CATEGORY_BITS
from spamguard.model.decoding import Tag
from spamguard.model.detector import Detector
from spamguard.model.network import Network
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import Verdict, feature_names
from spamguard.spans import CATEGORIES

RNG = np.random.default_rng(11)


def _array(*shape: int) -> NDArray[np.float32]:
    """Random numbers that half precision holds exactly."""
    return RNG.normal(size=shape).astype(np.float16).astype(np.float32)


def _network(n_features: int, n_classes: int) -> Network:
    weights = (_array(n_features, 8), _array(8, n_classes))
    return Network(_array(n_features), np.abs(_array(n_features)), weights, (_array(8), _array(n_classes)))


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """A tagger with random weights."""
    grams = RNG.integers(0, 256, (2, 2, 1 << GRAM_BITS), dtype=np.uint8)
    tables = LanguageTables(("en", "zh"), grams, RNG.integers(0, 16, 1 << PAIR_BITS, dtype=np.uint8))
    blind = Tagger(_array(1 << HASH_BITS), 0.5, tables, gate=-100.0)
    found = blind.prepare(["a"])
    assert found is not None
    return replace(blind, network=_network(len(found.context.names), len(Tag)))


@pytest.fixture(scope="session")
def tagged(tagger: Tagger) -> Tagged:
    """A tagged batch of two documents."""
    found = tagger.tag(["The bank said.\n上海论坛 419", "Second."])
    assert found is not None
    return found


@pytest.fixture(scope="session")
def detector(tagger: Tagger, tagged: Tagged) -> Detector:
    """A detector with random weights."""
    return Detector(
        tagger=tagger,
        verifier=_network(len(feature_names(tagged)), len(Verdict)),
        category_weights=_array(1 << CATEGORY_BITS, len(CATEGORIES)),
        category_bias=_array(len(CATEGORIES)),
        calibration=np.array([[-4, 0], [0, 0.5], [4, 1]], dtype=np.float32),
        prior=0.0,
        thresholds={"newsroom": 0.5, "corpus": 0.1},
        manifest={
            "name": "chance",
            "thresholds": {"newsroom": 0.5, "corpus": 0.1},
            "decoding": {"prior": 0.0},
        },
        model_id="chance-00000000",
    )

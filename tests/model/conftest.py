"""A whole model that was never trained: its verdicts are chance, its mechanics are real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables
from spamguard.features.lexical import HASH_BITS
from spamguard.model.categories import CATEGORY_BITS
from spamguard.model.decoding import Tag
from spamguard.model.detector import Detector
from spamguard.model.network import Network
from spamguard.model.reader import DILATIONS, ROW_BITS, STEPS, WIDTH, Reader
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import Verdict, feature_names
from spamguard.spans import CATEGORIES, Interval
from spamguard.text.tokens import tokenise

RNG = np.random.default_rng(11)
PIECES = st.sampled_from(
    ["上海", "论坛", "419 ", "Casino ", "bonus ", "\n", ". ", "a ", "(", "|", "б ", "\u200b"]
)
TEXTS = st.lists(
    st.lists(PIECES, min_size=1, max_size=25).map("".join).filter(lambda text: len(tokenise([text])) > 0),
    min_size=1,
    max_size=3,
)


def _array(*shape: int) -> NDArray[np.float32]:
    """Random numbers that half precision holds exactly."""
    return RNG.normal(size=shape).astype(np.float16).astype(np.float32)


def _layers(*sizes: tuple[int, int]) -> tuple[NDArray[np.float32], ...]:
    """Random weights, small enough that no layer drowns the one before and no answer is quite certain.

    Answers that round to a probability of 1 are equal, and rounding would choose among them.
    """
    layers = [_array(*size) / np.float32(2 ** round(np.log2(size[0]) / 2)) for size in sizes]
    return tuple(layer.astype(np.float16).astype(np.float32) for layer in layers)


def _network(n_features: int, n_classes: int) -> Network:
    weights = _layers((n_features, 8), (8, n_classes))
    return Network(_array(n_features), np.abs(_array(n_features)), weights, (_array(8), _array(n_classes)))


def _reader(n_dense: int, n_hidden: int) -> Reader:
    """A reader with random weights."""
    sizes = [(n_dense + WIDTH, n_hidden), *[(len(STEPS) * n_hidden, n_hidden)] * len(DILATIONS)]
    sizes.append((n_hidden, len(Tag)))
    table = RNG.integers(-127, 128, (1 << ROW_BITS, WIDTH), dtype=np.int8)
    return Reader(
        table,
        (np.abs(_array(WIDTH)) / np.float32(64)).astype(np.float32),
        _array(n_dense),
        np.abs(_array(n_dense)),
        _layers(*sizes),
        tuple(_array(size[1]) for size in sizes),
    )


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[list[str]]:
    """Some texts, each with tokens."""
    return TEXTS


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """A tagger with random weights."""
    grams = RNG.integers(0, 256, (2, 2, 1 << GRAM_BITS), dtype=np.uint8)
    tables = LanguageTables(("en", "zh"), grams, RNG.integers(0, 16, 1 << PAIR_BITS, dtype=np.uint8))
    blind = Tagger(_array(1 << HASH_BITS), 0.5, tables, gate=-100.0)
    found = blind.prepare(["a"])
    assert found is not None
    return replace(blind, reader=_reader(len(found.context.names), n_hidden=8))


@pytest.fixture(scope="session")
def reader(tagger: Tagger) -> Reader:
    """The tagger's reader."""
    assert tagger.reader is not None
    return tagger.reader


@pytest.fixture(scope="session")
def tag(tagger: Tagger) -> Callable[[list[str]], Tagged]:
    """Tags texts that have tokens."""

    def tag_all(texts: list[str]) -> Tagged:
        tagged = tagger.tag(texts)
        assert tagged is not None
        return tagged

    return tag_all


@pytest.fixture(scope="session")
def cases(tag: Callable[[list[str]], Tagged]) -> st.SearchStrategy[tuple[list[str], Tagged, list[Interval]]]:
    """Tagged texts with any disjoint ascending ranges of tokens, none across lines, none touching."""

    @st.composite
    def draw_case(draw: st.DrawFn) -> tuple[list[str], Tagged, list[Interval]]:
        texts = draw(TEXTS)
        tagged = tag(texts)
        spans, at, n = list[Interval](), 0, len(tagged.tokens)
        while at < n:
            first = draw(st.integers(at, n - 1))
            last = draw(st.integers(first + 1, int(tagged.tokens.line_end[first])))
            spans.append((first, last))
            at = last + 1
        return texts, tagged, spans

    return draw_case()


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

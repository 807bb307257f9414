"""The compiled road gives what the NumPy code gives: the same tokens, scores and features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.compiled_road import CompiledRoad, column_names, compiled_road
from spamguard.features.language import LanguageTables
from spamguard.features.lexical import LexicalFeatures
from spamguard.features.place import KIND
from spamguard.model.tagger import Tagger
from spamguard.text import compiled, tokens
from spamguard.text.classes import CharClass
from spamguard.text.tokens import TokenBatch, tokenise

NATIVE = Path(__file__).parent.parent.parent / "src" / "native"
WORDS = [
    "上海",
    "论坛",
    "419 ",
    "Casino ",
    "c4$ino",
    "bet365.com",
    "cheapV1agra",
    "loansT2",
    "сaзинo",
    "ﬁ",
    "Ж",
    "’s",
    "可",
    "カジノ",
    "กา",
    "１２",
]
SIGNS = [
    "\n",
    "\n\n",
    "\r\n",
    ". ",
    "(",
    "”",
    "|",
    "@",
    "①",
    "!!!",
    "  ",
    "·" * 70,
    "\u200b",
    "\u0301",
    "\ud800",
    "&#99;",
    "&#x4e0a;",
    "<b></b>",
]
PIECES = st.sampled_from([*WORDS, *SIGNS, "a ", "x" * 130])
ANY = PIECES | st.text(max_size=4) | st.text("abXY19Жж", max_size=6)
TEXTS = st.lists(st.lists(ANY, max_size=40).map("".join), min_size=1, max_size=4)
needs_extension = pytest.mark.skipif(compiled.extension is None, reason="built without a C compiler")


def numpy_alone(texts: Sequence[str]) -> TokenBatch:
    """Tokens by the NumPy road."""
    return tokens._numpy_tokens(texts)


def enum_of(name: str) -> int:
    """A number that the C sources give to a name."""
    found = re.search(
        rf"\b{name} = (\d+)", (NATIVE / "native.h").read_text() + (NATIVE / "context.h").read_text()
    )
    assert found
    return int(found[1])


@needs_extension
@settings(max_examples=40)
@given(TEXTS)
def test_tokens_are_the_same(texts: list[str]) -> None:
    one, other = tokens._compiled_tokens(texts), numpy_alone(texts)
    for name in (
        "start",
        "end",
        "token_class",
        "line",
        "doc",
        "line_start",
        "line_end",
        "doc_first",
        "doc_last",
    ):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    np.testing.assert_array_equal(one.space_before, other.space_before)
    for name in ("code", "char_class", "raw", "doc_start", "styled", "upper"):
        np.testing.assert_array_equal(getattr(one.folded, name), getattr(other.folded, name), name)


@pytest.fixture(scope="module")
def tagger(weights: NDArray[np.float32], tables: LanguageTables) -> Tagger:
    """A tagger whose gate lets every line through."""
    return Tagger(weights, 0.25, tables, -np.inf)


@pytest.fixture(scope="module")
def road(tagger: Tagger) -> CompiledRoad | None:
    """Its tables, laid out once."""
    return compiled_road(tagger.lexical_weights, tagger.lexical_bias, tagger.languages)


def grams_of(lexical: LexicalFeatures, starts: NDArray[np.int64]) -> list[list[list[int]]]:
    """N-grams of each token."""
    return [lexical.grams[a:b].tolist() for a, b in zip(starts, lexical.gram_end, strict=True)]


@needs_extension
@settings(max_examples=40)
@given(texts=TEXTS, quantile=st.floats(0, 1))
def test_raised_lines_have_the_same_features(
    texts: list[str], quantile: float, tagger: Tagger, road: CompiledRoad
) -> None:
    everything = tagger.prepare(texts)
    gate = float(np.quantile(everything.facts.line_best, quantile)) if everything else 0.0
    gated = replace(tagger, gate=gate)
    slow, fast = gated.prepare(texts), gated._raise_compiled(road, texts)
    assert (slow is None) == (fast is None)
    if slow is None or fast is None:
        return
    np.testing.assert_array_equal(fast.tokens.start, slow.tokens.start)
    np.testing.assert_array_equal(fast.score, slow.score)
    np.testing.assert_allclose(fast.context.matrix, slow.context.matrix, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(fast.context.kind, slow.context.kind)
    np.testing.assert_array_equal(fast.pair, slow.fit.pair)
    np.testing.assert_array_equal(fast.n_tokens, slow.facts.n_tokens)
    np.testing.assert_array_equal(fast.lexical.words, slow.lexical.words)
    np.testing.assert_array_equal(fast.lexical.token_hash, slow.lexical.token_hash)
    assert grams_of(fast.lexical, fast.lexical.own_start) == grams_of(slow.lexical, slow.lexical.own_start)
    assert grams_of(fast.lexical, fast.lexical.gram_start) == grams_of(slow.lexical, slow.lexical.gram_start)


@needs_extension
def test_weights_that_half_precision_would_change_take_the_numpy_road(
    weights: NDArray[np.float32], tables: LanguageTables
) -> None:
    assert compiled_road(weights, 0.0, tables) is not None
    assert compiled_road(weights + np.float32(1e-6), 0.0, tables) is None


def test_without_the_extension_all_goes_by_numpy(
    monkeypatch: pytest.MonkeyPatch, weights: NDArray[np.float32], tables: LanguageTables
) -> None:
    monkeypatch.setattr(compiled, "extension", None)
    assert compiled_road(weights, 0.0, tables) is None
    texts = ["The bank said.\n上海论坛 419", "Second."]
    np.testing.assert_array_equal(tokenise(texts).start, numpy_alone(texts).start)
    found = Tagger(weights, 0.0, tables, -np.inf).raise_lines(texts)
    assert found is not None
    assert len(found.tokens) == len(numpy_alone(texts))


def test_the_sources_number_classes_kinds_and_columns_alike() -> None:
    for name in ("SPACE", "BREAK", "LATIN", "GREEK", "OTHER_LETTER", "HAN", "THAI", "MARK", "DIGIT", "AT"):
        assert enum_of(name) == CharClass[name]
    for name in ("Latin", "Han", "kana", "Thai", "digit", "stop", "comma", "open", "close", "quote", "rule"):
        assert enum_of(f"KIND_{name.upper()}") == KIND[name]
    assert f"#define N_COLUMNS {len(column_names())}\n" in (NATIVE / "context.h").read_text()

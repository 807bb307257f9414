from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.lexical import LexicalFeatures, lexical_features
from spamguard.model.categories import CATEGORY_BITS, categorise, category_buckets
from spamguard.spans import CATEGORIES
from spamguard.text.tokens import tokenise

WORDS = st.lists(st.sampled_from(["casino", "上海", "419", "★", "pills"]), min_size=1, max_size=6).map(
    " ".join
)


def lexical_of(*texts: str) -> LexicalFeatures:
    """Lexical features of a batch."""
    return lexical_features(tokenise(texts))


def weights_for(category: str, lexical: LexicalFeatures, first: int, last: int) -> NDArray[np.float32]:
    """Weights that take the n-grams of a span for one category."""
    weights = np.zeros((1 << CATEGORY_BITS, len(CATEGORIES)), dtype=np.float32)
    weights[category_buckets(lexical, [(first, last)])[0], CATEGORIES.index(category)] = 1
    return weights


NO_BIAS = np.zeros(len(CATEGORIES), dtype=np.float32)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_spans_of_a_batch_have_the_buckets_of_each_alone(texts: list[str]) -> None:
    tokens = tokenise(texts)
    spans = list(zip(tokens.doc_first.tolist(), tokens.doc_last.tolist(), strict=True))
    buckets, owner = category_buckets(lexical_features(tokens), spans)
    assert ((buckets >= 0) & (buckets < 1 << CATEGORY_BITS)).all()
    for number, text in enumerate(texts):
        alone, _ = category_buckets(lexical_of(text), [(0, len(tokenise([text])))])
        np.testing.assert_array_equal(buckets[owner == number], alone)


def test_no_spans_have_no_buckets_and_no_categories() -> None:
    lexical = lexical_of("casino")
    assert [len(array) for array in category_buckets(lexical, [])] == [0, 0]
    assert categorise(weights_for("seo", lexical, 0, 1), NO_BIAS, lexical, []) == []


def test_each_span_gets_the_category_that_its_own_words_speak_for() -> None:
    lexical = lexical_of("cheap pills and casino bonus here")
    weights = weights_for("pharma", lexical, 0, 2) + 2 * weights_for("gambling", lexical, 3, 5)
    assert categorise(weights, NO_BIAS, lexical, [(0, 2), (3, 5)]) == ["pharma", "gambling"]


def test_what_stands_around_a_span_does_not_count() -> None:
    weights = weights_for("adult", lexical_of("massage"), 0, 1)
    found = categorise(weights, NO_BIAS, lexical_of("massage loans"), [(0, 1), (1, 2)])
    assert found == ["adult", CATEGORIES[0]]
    bias = NO_BIAS.copy()
    bias[CATEGORIES.index("finance")] = 0.1
    assert categorise(weights, bias, lexical_of("massage loans"), [(0, 1), (1, 2)]) == ["adult", "finance"]


def test_long_spans_shout_no_louder_than_short_ones() -> None:
    weights = np.full((1 << CATEGORY_BITS, len(CATEGORIES)), 0.1, dtype=np.float32)
    bias = NO_BIAS.copy()
    bias[3] = 0.01
    assert categorise(weights, bias, lexical_of("pills " * 50), [(0, 1), (1, 50)]) == [CATEGORIES[3]] * 2

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.features.lexical import HASH_BITS, lexical_features, lexical_scores
from spamguard.learning.documents import Labelled
from spamguard.learning.lexical_fit import batches, fit_batch, new_classifier, to_matrix, token_labels
from spamguard.text.tokens import tokenise

WORDS = st.lists(
    st.sampled_from(["上海", "419", "casino", " ", "\n", ".", "b", "\u200b", "\u0301", "😀"]), max_size=15
)

WEIGHTS = np.random.default_rng(3).normal(size=1 << HASH_BITS).astype(np.float32)


def labelled(text: str, *spans: tuple[int, int]) -> Labelled:
    """A document with spam in it."""
    return Labelled(text, spans, "en", "en-demo", "other", "prefix")


def test_tokens_in_spans_are_marked_and_no_others() -> None:
    documents = [labelled("ad ad good", (0, 5)), labelled("fine"), labelled("x a\u200bd\ny", (2, 5))]
    tokens = tokenise([document.text for document in documents])
    assert token_labels(tokens, documents).tolist() == [1, 1, 0, 0, 0, 1, 0]


@settings(deadline=None)
@given(st.lists(WORDS.map("".join), min_size=1, max_size=3).filter(lambda texts: len(tokenise(texts)) > 0))
def test_what_is_learnt_from_is_what_is_scored(texts: list[str]) -> None:
    features = lexical_features(tokenise(texts))
    learnt = to_matrix(features) @ WEIGHTS + 0.5
    np.testing.assert_allclose(lexical_scores(features, WEIGHTS, 0.5), learnt, atol=1e-4)


def test_documents_come_in_batches_in_order() -> None:
    documents = [labelled(f"number {n}") for n in range(900)]
    found = list(batches(documents))
    assert [document for batch in found for document in batch] == documents
    assert len(found) > 1


def test_a_classifier_learns_which_words_are_spam() -> None:
    documents = [labelled(f"cheap casino Line {n} is news", (0, 12)) for n in range(60)]
    classifiers = [new_classifier(1e-5, seed=1) for _ in range(2)]
    for classifier in classifiers:
        for batch in batches(documents):
            fit_batch(classifier, batch)
    features = lexical_features(tokenise(["Some news on a cheap casino here"]))
    weights = classifiers[0].coef_[0].astype(np.float32)
    scores = lexical_scores(features, weights, float(classifiers[0].intercept_[0]))
    assert (scores[[4, 5]] > scores[[0, 1]].max()).all()
    np.testing.assert_array_equal(classifiers[0].coef_, classifiers[1].coef_)

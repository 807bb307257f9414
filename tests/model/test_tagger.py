from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.model.tagger import Tagged, Tagger

PIECES = st.one_of(
    st.sampled_from(["上海", "419 ", "Casino ", "\n", ". ", "a", "\u200b", "\ud800"]), st.characters()
)
TEXT = st.lists(PIECES, max_size=15).map("".join)


def test_every_token_has_a_probability_of_each_tag(tagged: Tagged) -> None:
    assert tagged.log_probabilities.shape == (len(tagged.tokens), 5)
    np.testing.assert_allclose(np.exp(tagged.log_probabilities).sum(axis=1), 1, rtol=1e-5)
    assert tagged.score.shape == (len(tagged.tokens),)


@settings(deadline=None, max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_batch_is_tagged_as_each_document_alone(tagger: Tagger, texts: list[str]) -> None:
    batch = tagger.tag(texts)
    alone = [one.log_probabilities for text in texts if (one := tagger.tag([text])) is not None]
    if batch is None:
        assert not alone
    else:
        np.testing.assert_allclose(batch.log_probabilities, np.concatenate(alone), atol=1e-3)


@pytest.mark.parametrize("texts", [[""], ["", " \n", "\u200b"]])
def test_texts_without_tokens_are_not_tagged(tagger: Tagger, texts: list[str]) -> None:
    assert tagger.features(texts) is None
    assert tagger.tag(texts) is None


def test_a_tagger_survives_its_arrays(tagger: Tagger, tagged: Tagged) -> None:
    again = Tagger.from_arrays(tagger.to_arrays()).tag(["The bank said.\n上海论坛 419", "Second."])
    assert again is not None
    np.testing.assert_array_equal(again.log_probabilities, tagged.log_probabilities)

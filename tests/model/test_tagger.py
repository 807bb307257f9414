from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.model.tagger import Tagged, Tagger

PIECES = st.one_of(
    st.sampled_from(["上海", "419 ", "Casino ", "\n", ". ", "a", "\u200b", "\ud800"]), st.characters()
)
TEXT = st.lists(PIECES, max_size=15).map("".join)
TEXTS = ["The bank said.\n上海论坛 419", "Second."]


def test_every_token_has_a_probability_of_each_tag(tagged: Tagged) -> None:
    assert tagged.log_probabilities.shape == (len(tagged.tokens), 5)
    np.testing.assert_allclose(np.exp(tagged.log_probabilities).sum(axis=1), 1, rtol=1e-5)
    assert tagged.score.shape == (len(tagged.tokens),)
    assert tagged.hidden.shape == (len(tagged.tokens), 8)


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from([-100.0, 0.0, 2.0]))
def test_a_batch_is_tagged_as_each_document_alone(tagger: Tagger, texts: list[str], gate: float) -> None:
    tagger = replace(tagger, gate=gate)
    batch = tagger.tag(texts)
    alone = [one for text in texts if (one := tagger.tag([text])) is not None]
    if batch is None:
        assert not alone
    else:
        chances = np.concatenate([one.log_probabilities for one in alone])
        np.testing.assert_allclose(batch.log_probabilities, chances, atol=1e-3)
        np.testing.assert_allclose(batch.hidden, np.concatenate([one.hidden for one in alone]), atol=1e-3)


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=3), st.floats(-10, 10))
def test_only_lines_above_the_gate_are_raised_and_those_whole(
    tagger: Tagger, texts: list[str], gate: float
) -> None:
    everything = tagger.prepare(texts)
    raised = replace(tagger, gate=gate).prepare(texts)
    if everything is None:
        assert raised is None
        return
    above = everything.facts.line_best >= gate
    if raised is None:
        assert not above.any()
        return
    np.testing.assert_array_equal(raised.tokens.line, everything.tokens.line[above])
    np.testing.assert_array_equal(raised.tokens.start, everything.tokens.start[above])
    np.testing.assert_array_equal(raised.score, everything.score[above])
    np.testing.assert_array_equal(raised.context.matrix, everything.context.matrix[above])


def test_where_no_line_is_raised_nothing_is_tagged(tagger: Tagger) -> None:
    assert replace(tagger, gate=100.0).tag(TEXTS) is None


@pytest.mark.parametrize("texts", [[""], ["", " \n", "\u200b"]])
def test_texts_without_tokens_are_not_tagged(tagger: Tagger, texts: list[str]) -> None:
    assert tagger.prepare(texts) is None
    assert tagger.tag(texts) is None


def test_a_tagger_without_a_reader_says_so(tagger: Tagger) -> None:
    blind = replace(tagger, reader=None)
    assert blind.prepare(TEXTS) is not None
    with pytest.raises(ValueError, match="without a reader"):
        blind.tag(TEXTS)


def test_a_tagger_survives_its_arrays(tagger: Tagger, tagged: Tagged) -> None:
    again = Tagger.from_arrays(replace(tagger, gate=-99.5).to_arrays())
    assert again.gate == -99.5
    assert again.languages.names == tagger.languages.names
    found = again.tag(TEXTS)
    assert found is not None
    np.testing.assert_array_equal(found.log_probabilities, tagged.log_probabilities)
    np.testing.assert_array_equal(found.hidden, tagged.hidden)


def test_a_tagger_without_a_reader_stores_none(tagger: Tagger) -> None:
    arrays = replace(tagger, reader=None).to_arrays()
    assert not [name for name in arrays if name.startswith("reader")]
    with pytest.raises(KeyError, match="reader_table"):
        Tagger.from_arrays(arrays)

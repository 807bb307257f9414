from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.model.detector import Detector
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import candidate_features, choose, feature_names, spam_log_odds
from spamguard.spans import Interval

Case = tuple[list[str], Tagged, list[Interval]]


def test_log_odds_weigh_spam_with_whatever_ends_against_none() -> None:
    chances = np.log(np.array([[0.5, 0.2, 0.3], [0.9, 0.1, 1e-9]], dtype=np.float32))
    np.testing.assert_allclose(spam_log_odds(chances), [0, np.log(0.1 / 0.9)], atol=1e-6)


@settings(max_examples=50)
@given(st.data())
def test_candidates_of_a_batch_are_described_as_in_each_document_alone(
    tagger: Tagger,
    tag: Callable[[list[str]], Tagged],
    cases: st.SearchStrategy[Case],
    data: st.DataObject,
) -> None:
    texts, batch, ranges = data.draw(cases)
    spans = np.array(ranges)
    found = candidate_features(batch, tagger.languages.pairs, spans[:, 0], spans[:, 1])
    assert found.shape == (len(spans), len(feature_names(batch)))
    assert np.isfinite(found).all()
    document = batch.tokens.doc[spans[:, 0]]
    for number in set(document.tolist()):
        base, mine = batch.tokens.doc_first[number], document == number
        one = tag([texts[number]])
        first, last = (spans[mine] - base).T
        alone = candidate_features(one, tagger.languages.pairs, first, last)
        np.testing.assert_allclose(found[mine], alone, rtol=1e-3, atol=1e-3)


def test_every_column_has_a_name_of_its_own_save_what_the_reader_sees(tagged: Tagged) -> None:
    names = feature_names(tagged)
    named = [name for name in names if name]
    assert len(set(named)) == len(named)
    assert names == named + [""] * (5 * tagged.hidden.shape[1])


def test_a_candidate_is_described_by_means_edges_and_what_is_around(
    tagger: Tagger, tag: Callable[[list[str]], Tagged]
) -> None:
    tagged = tag(["good ad ad ad good.\nmore"])
    names, context = feature_names(tagged), tagged.context
    [row] = candidate_features(tagged, tagger.languages.pairs, np.array([1]), np.array([4]))
    score = context.matrix[:, context.names.index("score")]
    assert row[names.index("score, mean")] == pytest.approx(score[1:4].mean(), rel=1e-5)
    assert row[names.index("score, first token")] == score[1]
    assert row[names.index("score, last token")] == score[3]
    assert row[names.index("score, token behind")] == score[4]
    assert row[names.index("share of its line")] == 0.5
    assert row[names.index("something before")] == row[names.index("something behind")] == 1
    assert row[names.index("share of its document")] == pytest.approx(3 / 7)
    [whole] = candidate_features(tagged, tagger.languages.pairs, np.array([0]), np.array([6]))
    assert whole[names.index("score, token behind")] == whole[names.index("something behind")] == 0


def test_a_candidate_is_seen_by_the_reader_s_last_layer_inside_and_around(
    tagger: Tagger, tag: Callable[[list[str]], Tagged]
) -> None:
    tagged = tag(["good ad ad ad good.\nmore"])
    hidden, width = tagged.hidden, tagged.hidden.shape[1]

    def seen(first: int, last: int) -> NDArray[np.float32]:
        rows = candidate_features(tagged, tagger.languages.pairs, np.array([first]), np.array([last]))
        return rows[0, -5 * width :].reshape(5, width)

    inside = [hidden[1:4].mean(axis=0), hidden[1], hidden[3]]
    np.testing.assert_allclose(seen(1, 4), [*inside, hidden[0], hidden[4]], rtol=1e-5, atol=1e-6)
    # The next line's token is not behind the last of this one, nor this one's before it.
    assert len(tagged.tokens) == 7
    assert not seen(0, 6)[3:].any()
    assert not seen(6, 7)[3:].any()


@settings(max_examples=50)
@given(st.data())
def test_choosing_gives_disjoint_ranges_with_their_log_odds(
    detector: Detector, cases: st.SearchStrategy[Case], data: st.DataObject
) -> None:
    _, tagged, spans = data.draw(cases)
    ranges, odds = choose(detector.verifier, tagged, detector.tagger.languages.pairs, spans)
    assert 0 < len(ranges) == len(odds) <= len(spans)
    assert all(before[1] <= behind[0] for before, behind in pairwise(ranges))
    assert np.isfinite(odds).all()

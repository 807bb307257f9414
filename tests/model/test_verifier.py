from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.model.detector import Detector
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import candidate_features, choose, feature_names, spam_log_odds
from spamguard.spans import Interval
from spamguard.text.tokens import tokenise

PIECES = st.sampled_from(
    ["上海", "论坛", "419 ", "Casino ", "bonus ", "\n", ". ", "a ", "(", "|", "б ", "\u200b"]
)
TEXTS = st.lists(
    st.lists(PIECES, min_size=1, max_size=25).map("".join).filter(lambda text: len(tokenise([text])) > 0),
    min_size=1,
    max_size=3,
)


def tag(tagger: Tagger, texts: list[str]) -> Tagged:
    """Tag texts that have tokens."""
    tagged = tagger.tag(texts)
    assert tagged is not None
    return tagged


def draw_spans(tagged: Tagged, data: st.DataObject) -> list[Interval]:
    """Any disjoint ascending ranges of tokens, none across lines, none touching."""
    spans, at, n = list[Interval](), 0, len(tagged.tokens)
    while at < n:
        first = data.draw(st.integers(at, n - 1))
        last = data.draw(st.integers(first + 1, int(tagged.tokens.line_end[first])))
        spans.append((first, last))
        at = last + 1
    return spans


def test_log_odds_weigh_spam_with_whatever_ends_against_none() -> None:
    chances = np.log(np.array([[0.5, 0.2, 0.3], [0.9, 0.1, 1e-9]], dtype=np.float32))
    np.testing.assert_allclose(spam_log_odds(chances), [0, np.log(0.1 / 0.9)], atol=1e-6)


@settings(max_examples=50)
@given(TEXTS, st.data())
def test_candidates_of_a_batch_are_described_as_in_each_document_alone(
    detector: Detector, texts: list[str], data: st.DataObject
) -> None:
    tagger = detector.tagger
    batch = tag(tagger, texts)
    spans = np.array(draw_spans(batch, data))
    found = candidate_features(batch, tagger.languages.pairs, spans[:, 0], spans[:, 1])
    assert found.shape == (len(spans), len(feature_names(batch)))
    assert np.isfinite(found).all()
    document = batch.tokens.doc[spans[:, 0]]
    for number in set(document.tolist()):
        base, mine = batch.tokens.doc_first[number], document == number
        one = tag(tagger, [texts[number]])
        first, last = (spans[mine] - base).T
        alone = candidate_features(one, tagger.languages.pairs, first, last)
        np.testing.assert_allclose(found[mine], alone, rtol=1e-3, atol=1e-3)


def test_every_column_has_a_name_of_its_own(tagged: Tagged) -> None:
    names = feature_names(tagged)
    assert len(set(names)) == len(names)


def test_a_candidate_is_described_by_means_edges_and_what_is_around(tagger: Tagger) -> None:
    tagged = tag(tagger, ["good ad ad ad good.\nmore"])
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


@given(TEXTS, st.data())
def test_choosing_gives_disjoint_ranges_with_their_log_odds(
    detector: Detector, texts: list[str], data: st.DataObject
) -> None:
    tagged = tag(detector.tagger, texts)
    spans = draw_spans(tagged, data)
    ranges, odds = choose(detector.verifier, tagged, detector.tagger.languages.pairs, spans)
    assert 0 < len(ranges) == len(odds) <= len(spans)
    assert all(before[1] <= behind[0] for before, behind in pairwise(ranges))
    assert np.isfinite(odds).all()

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.cleaner import Guard
from spamguard.errors import InputError
from spamguard.model import artefact
from spamguard.model.detector import Detector, raw_offsets
from spamguard.result import CleanResult, restore
from spamguard.spans import CATEGORIES
from spamguard.text.tokens import tokenise

PIECES = st.one_of(
    st.sampled_from(
        ["上海", "419 ", "Casino ", "\n", "\r\n", ". ", "a ", "\u200b", "\ud800", "😀", "e\u0301"]
    ),
    st.characters(),
)
TEXT = st.lists(PIECES, max_size=25).map("".join)
TEXTS = [
    "The bank said so.\n上海论坛419 more",
    "",
    "Casino bonus! It was late, they said.",
    "\ud800\u200b 😀",
]


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_spans_lie_in_their_texts_apart_and_in_order(detector: Detector, texts: list[str]) -> None:
    for text, spans in zip(texts, detector.find(texts, threshold=0.0), strict=True):
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert all(span.text == text[span.start : span.end] for span in spans)
        assert all(before.end <= behind.start for before, behind in pairwise(spans))
        assert all(0 <= span.score <= 1 and span.category in CATEGORIES for span in spans)
        assert not [span for span in spans if set("\n\r\u2028") & set(span.text)]


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_batch_is_searched_as_each_text_alone(detector: Detector, texts: list[str]) -> None:
    together = detector.find(texts, threshold=0.0)
    alone = [detector.find([text], threshold=0.0)[0] for text in texts]
    assert [[(s.start, s.end, s.category) for s in spans] for spans in together] == [
        [(s.start, s.end, s.category) for s in spans] for spans in alone
    ]
    scores = [[[span.score for span in spans] for spans in found] for found in (together, alone)]
    assert all(a == pytest.approx(b, abs=2e-3) for a, b in zip(*scores, strict=True))


@settings(max_examples=50)
@given(TEXT)
def test_whatever_a_model_finds_is_put_back_exactly(detector: Detector, text: str) -> None:
    result = Guard(detector).clean(text, threshold=0.0)
    assert restore(CleanResult.from_json(result.to_json())) == text


def test_a_chance_model_finds_something(detector: Detector) -> None:
    found = detector.find(TEXTS, threshold=0.0)
    assert any(found)
    assert not found[1]


def test_a_higher_threshold_leaves_the_better_spans(detector: Detector) -> None:
    everything = [span for spans in detector.find(TEXTS, threshold=0.0) for span in spans]
    better = [span for spans in detector.find(TEXTS, threshold=0.6) for span in spans]
    assert better == [span for span in everything if span.score >= 0.6]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), float("inf"), True, "0.5", b"1", [0.5]])
def test_a_bad_threshold_is_refused_with_the_range(detector: Detector, threshold: object) -> None:
    guard = Guard(detector)
    calls: list[Callable[..., object]] = [guard.clean, guard.detect, guard.explain]
    calls.append(lambda text, threshold: list(guard.clean_many([text], threshold=threshold)))
    for call in calls:
        with pytest.raises(InputError, match="threshold must be a number from 0 to 1, got "):
            call("text", threshold=threshold)


@pytest.mark.parametrize("threshold", [0, 1, 0.0, 1.0, 0.5])
def test_the_ends_of_the_range_are_thresholds(detector: Detector, threshold: float) -> None:
    assert detector.threshold(threshold, None) == threshold


def test_a_threshold_goes_before_a_profile_and_the_default_is_the_newsroom_s(detector: Detector) -> None:
    assert detector.threshold(None, None) == 0.5
    assert detector.threshold(None, "corpus") == 0.1
    assert detector.threshold(0.9, "corpus") == 0.9


def test_an_unknown_profile_is_refused_with_the_known_ones(detector: Detector) -> None:
    with pytest.raises(InputError, match="profile must be one of corpus, newsroom, got 'fast'"):
        Guard(detector).clean("text", profile="fast")


def test_scores_rise_with_the_log_odds_and_stay_in_range(detector: Detector) -> None:
    log_odds = [-100.0, -4.0, -2.0, 0.0, 1.0, 4.0, 100.0]
    assert detector.score(np.array(log_odds, dtype=np.float32)).tolist() == [0, 0, 0.25, 0.5, 0.625, 1, 1]


def test_reasons_go_with_the_spans_strongest_first(detector: Detector) -> None:
    text = TEXTS[0]
    [spans] = detector.find([text], threshold=0.0)
    reasons = detector.reasons(text, spans)
    assert len(reasons) == len(spans) > 0
    for found in reasons:
        weights = [weight for _, weight in found]
        assert weights == sorted(weights, reverse=True)
        assert all(weight > 0 for weight in weights)
        assert all(name for name, _ in found)
    assert detector.reasons(text, []) == []


def test_ignorable_characters_behind_a_span_belong_to_it() -> None:
    texts = ["x", "go sp\u200bam\ufe0f\u200b on", "ad\u200b"]
    tokens = tokenise(texts)
    assert raw_offsets(tokens, 2, 3) == (1, 3, 10)
    assert texts[1][3:10] == "sp\u200bam\ufe0f\u200b"
    assert raw_offsets(tokens, 4, 5) == (2, 0, 3)
    assert raw_offsets(tokens, 0, 1) == (0, 0, 1)


def test_a_detector_survives_its_artefact(detector: Detector, tmp_path: Path) -> None:
    artefact.save(tmp_path, detector.to_arrays(), dict(detector.manifest))
    again = Detector.from_artefact(artefact.read(tmp_path))
    assert again.find(TEXTS, threshold=0.0) == detector.find(TEXTS, threshold=0.0)
    assert again.model_id.startswith("chance-")
    assert again.threshold(None, "corpus") == 0.1

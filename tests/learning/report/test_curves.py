from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Outcome
from spamguard.learning.report.curves import (
    MISSED,
    calibration_error,
    confusion,
    precision_recall,
    reliability,
)
from spamguard.result import CleanResult
from spamguard.spans import CATEGORIES, Category, Span


def outcome(*spans: tuple[int, int, float], category: Category = "seo") -> Outcome:
    """A text of ten characters, the first four spam, with what was found in it."""
    found = tuple(Span(start, end, "x" * (end - start), score, "seo") for start, end, score in spans)
    return Case("1", "x" * 10, "x" * 6, ((0, 4),), {"category": category}), CleanResult("", found)


def test_the_curve_goes_from_the_surest_span_to_all_of_them() -> None:
    outcomes = [outcome((0, 2, 0.9), (6, 8, 0.3)), outcome((0, 4, 0.6))]
    assert precision_recall(outcomes) == [(0.25, 1.0), (0.75, 1.0), (0.75, 0.75)]


def test_spans_of_one_score_are_one_point() -> None:
    assert precision_recall([outcome((0, 4, 0.5), (6, 10, 0.5))]) == [(1.0, 0.5)]


def test_nothing_found_draws_nothing() -> None:
    assert precision_recall([outcome()]) == []


@given(st.lists(st.floats(0, 1), max_size=900))
def test_a_curve_has_few_points_and_ends_with_all_spans(scores: list[float]) -> None:
    outcomes = [outcome((0, 4, score)) for score in scores]
    points = precision_recall(outcomes)
    assert len(points) <= 800
    assert not scores or points[-1] == (1.0, 1.0)


def test_a_span_is_right_where_half_of_it_is_spam() -> None:
    bins = reliability([outcome((2, 6, 0.95), (6, 9, 0.91))])
    assert (bins[-1].n_spans, bins[-1].share_right) == (2, 0.5)
    assert calibration_error(bins) == pytest.approx(0.43)


def test_the_highest_score_falls_into_the_last_bin() -> None:
    assert reliability([outcome((0, 4, 1.0))])[-1].n_spans == 1


def test_no_spans_have_no_calibration_error() -> None:
    assert calibration_error(reliability([])) is None


def test_each_ad_counts_once_by_what_it_was_reported_as() -> None:
    columns, counts = confusion([outcome((0, 4, 0.9)), outcome(category="adult"), outcome((0, 1, 0.9))])
    assert columns[-1] == MISSED
    assert counts[CATEGORIES.index("seo")][columns.index("seo")] == 2
    assert counts[CATEGORIES.index("adult")][columns.index(MISSED)] == 1
    assert sum(map(sum, counts)) == 3

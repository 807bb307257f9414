from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.learning.calibration import calibrate, expected_calibration_error

PAIRS = st.lists(st.tuples(st.floats(-20, 20, width=32), st.booleans()), min_size=2, max_size=200)


@settings(max_examples=50)
@given(PAIRS)
def test_surer_candidates_never_get_lower_scores(pairs: list[tuple[float, bool]]) -> None:
    log_odds = np.array([value for value, _ in pairs], dtype=np.float32)
    points = calibrate(log_odds, np.array([truth for _, truth in pairs]))
    assert points.dtype == np.float32
    assert (np.diff(points[:, 0]) >= 0).all()
    assert (np.diff(points[:, 1]) >= 0).all()
    assert ((points[:, 1] >= 0) & (points[:, 1] <= 1)).all()


def test_on_one_step_the_surer_candidate_still_gets_the_higher_score() -> None:
    log_odds = np.linspace(-5, 5, 400, dtype=np.float32)
    points = calibrate(log_odds, log_odds > 0)
    assert (np.diff(points[:, 1]) > 0).all()
    assert len(points) <= 40


def test_scores_are_the_shares_of_spam() -> None:
    rng = np.random.default_rng(1)
    log_odds = rng.normal(scale=2, size=20_000).astype(np.float32)
    truth = rng.random(20_000) < 1 / (1 + np.exp(-3 * log_odds))
    points = calibrate(log_odds[::2], truth[::2])
    scores = np.interp(log_odds[1::2], points[:, 0], points[:, 1])
    assert expected_calibration_error(scores, truth[1::2]) < 0.02


def test_no_score_is_certain() -> None:
    points = calibrate(np.array([-3, -2, 2, 3], dtype=np.float32), np.array([False, False, True, True]))
    assert 0 < points[:, 1].min()
    assert points[:, 1].max() < 1


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([0.25, 0.25, 0.25, 0.25], [True, False, False, False], 0.0),
        ([0.95, 0.95], [False, False], 0.95),
        ([1.0, 0.0], [True, False], 0.0),
        ([0.15, 0.85], [True, False], 0.85),
        # Three in one bin (mean 0.15, a third right) and one in another (0.9, right).
        ([0.12, 0.15, 0.18, 0.9], [True, False, False, True], 0.75 * (1 / 3 - 0.15) + 0.25 * 0.1),
    ],
)
def test_the_error_is_the_mean_distance_over_bins_weighted_by_their_size(
    scores: list[float], truth: list[bool], expected: float
) -> None:
    assert expected_calibration_error(np.array(scores), np.array(truth)) == pytest.approx(expected)


def test_fewer_bins_see_less() -> None:
    scores, truth = np.array([0.2, 0.8]), np.array([True, False])
    assert expected_calibration_error(scores, truth, bins=1) == pytest.approx(0)
    assert expected_calibration_error(scores, truth, bins=2) == pytest.approx(0.8)

"""How far a model goes: the furthest that the gate lets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from spamguard.cleaner import Guard
from spamguard.learning.update.stepping import SHARES, Proof, Remembering, furthest
from spamguard.model.detector import Detector


@pytest.fixture(scope="module")
def moved(base: Detector) -> Detector:
    """The base with every word's and every category's weight one higher."""
    weights = base.tagger.lexical_weights + np.float32(1)
    tagger = replace(base.tagger, lexical_weights=weights)
    return replace(base, tagger=tagger, category_weights=base.category_weights + np.float32(1))


def lets(base: Detector, most: float) -> Callable[[Detector], tuple[Proof, Sequence[str]]]:
    """Return a gate that lets weights rise by so much."""

    def judge(detector: Detector) -> tuple[Proof, Sequence[str]]:
        rise = float((detector.tagger.lexical_weights - base.tagger.lexical_weights).mean())
        return {}, [f"rises by {rise:.1f}"] if rise > most + 1e-3 else []

    return judge


@pytest.mark.parametrize(("most", "share"), [(1.0, 1.0), (0.8, 0.7), (0.5, 0.5), (0.4, 0.35)])
def test_a_model_goes_as_far_as_the_gate_lets_it(
    base: Detector, moved: Detector, most: float, share: float
) -> None:
    told: list[str] = []
    step = furthest(base, moved, lets(base, most), told.append)
    assert (step.share, step.refused) == (share, [])
    assert len(told) == SHARES.index(share)
    rise = step.detector.tagger.lexical_weights - base.tagger.lexical_weights
    assert abs(float(rise.mean()) - share) < 1e-3
    # What kind of spam it is does not make text spam: categories are learnt whole.
    np.testing.assert_array_equal(step.detector.category_weights, moved.category_weights)


def test_where_no_step_may_serve_the_whole_way_is_shown_with_what_speaks_against_it(
    base: Detector, moved: Detector
) -> None:
    step = furthest(base, moved, lets(base, 0.1), lambda _: None)
    assert (step.share, step.detector, step.refused) == (1.0, moved, ["rises by 1.0"])


def test_a_model_that_did_not_move_is_judged_once(base: Detector) -> None:
    told: list[str] = []
    step = furthest(base, base, lets(base, -1), told.append)
    assert (step.share, told) == (1.0, [])


def test_a_text_is_cleaned_once(base: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard(base)
    remembering = Remembering(guard)
    first = list(remembering.clean_many(["It rained.", "", "It rained."]))
    assert first == list(guard.clean_many(["It rained.", "", "It rained."]))
    monkeypatch.setattr(base.__class__, "find", None)
    assert list(remembering.clean_many(["", "It rained."])) == first[1:]

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from spamguard.learning import verifier_stage
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients
from spamguard.learning.rows import candidate_rows
from spamguard.learning.verifier_stage import Verdicts, all_clean, fit_verifier, mine_candidates
from spamguard.model.tagger import Tagger
from spamguard.model.verifier import Verdict


@pytest.fixture(scope="module", autouse=True)
def small_batches() -> Iterator[None]:
    """Batches of few documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier_stage, "BATCH", 100)
        yield


@pytest.fixture(scope="module")
def quick(config: Config) -> Config:
    """Knobs for few documents, of which the third stage may use all."""
    return replace(config, second_below=0.0, verifier=replace(config.verifier, documents=100, epochs=3))


@pytest.fixture(scope="module")
def verdicts(tagger: Tagger, parts: Ingredients, quick: Config) -> Verdicts:
    """The third stage behind a tagger that proposes at random."""
    return fit_verifier(tagger, parts, [], quick)


def test_every_clean_text_is_taken_as_it_stands(parts: Ingredients) -> None:
    found = all_clean(parts)
    assert [document.text for document in found] == [text.text for text in (*parts.hosts, *parts.ham)]
    assert {(document.spans, document.pattern, document.category) for document in found} == {
        ((), "clean", "")
    }


def test_in_clean_texts_there_are_false_alarms_only(
    tagger: Tagger, parts: Ingredients, quick: Config
) -> None:
    clean = all_clean(parts)[:40]
    rows = candidate_rows(tagger, clean, quick.verifier.prior, quick.seed)
    assert set(rows.verdicts.tolist()) == {Verdict.HAM}
    mined = mine_candidates(tagger, parts, clean, quick)
    made = mine_candidates(tagger, parts, [], quick)
    assert len(mined.verdicts) == len(made.verdicts) + len(rows.verdicts)
    assert mined.matrix.shape == (len(mined.verdicts), rows.matrix.shape[1])
    assert mined.matrix.dtype == np.float32
    assert {Verdict.INEXACT, Verdict.EXACT} & set(made.verdicts.tolist())


def test_scores_are_chances_that_rise_with_the_log_odds(verdicts: Verdicts) -> None:
    points = verdicts.calibration
    assert points.shape[1] == 2
    assert (np.diff(points, axis=0) >= 0).all()
    assert points[:, 1].min() >= 0
    assert points[:, 1].max() <= 1
    assert 0 <= verdicts.calibration_error <= 1


def test_the_network_gives_a_verdict_on_a_candidate(
    tagger: Tagger, parts: Ingredients, quick: Config, verdicts: Verdicts
) -> None:
    rows = candidate_rows(tagger, all_clean(parts)[:5], quick.verifier.prior, 1)
    chances = verdicts.network.log_probabilities(rows.matrix.astype(np.float32))
    assert chances.shape == (len(rows.verdicts), len(Verdict))


def test_the_same_seed_fits_the_same(
    tagger: Tagger, parts: Ingredients, quick: Config, verdicts: Verdicts
) -> None:
    again = fit_verifier(tagger, parts, [], quick)
    np.testing.assert_array_equal(again.calibration, verdicts.calibration)
    for one, two in zip(again.network.weights, verdicts.network.weights, strict=True):
        np.testing.assert_array_equal(one, two)

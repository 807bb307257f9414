from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spamguard.features.place import MAX_SCORE
from spamguard.model.tagger import Prepared

Prepare = Callable[..., Prepared]
Column = Callable[..., list[Any]]
TEXT = "One two. Three four five (six)\nseven eight nine"


@pytest.fixture(scope="module")
def score(prepare: Prepare) -> np.ndarray[Any, Any]:
    """The bounded score of each token of the text."""
    return np.clip(prepare(TEXT).score, -MAX_SCORE, MAX_SCORE)


def test_scores_of_neighbours_end_with_the_line(column: Column, score: np.ndarray[Any, Any]) -> None:
    assert column("score", TEXT) == score.tolist()
    #              one two  . three four five (  six  )   seven eight nine
    assert column("score at +1", TEXT) == [*score[1:9], 0, *score[10:], 0]
    assert column("score at -2", TEXT) == [0, 0, *score[:7], 0, 0, score[9]]


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("score ±1", 3, slice(2, 5)),
        ("score ±1", 0, slice(0, 2)),
        ("score ±4", 9, slice(9, 12)),
        ("score 2 before", 4, slice(2, 4)),
        ("score 5 before", 10, slice(9, 10)),
        ("score 2 after", 4, slice(5, 7)),
        ("score of line", 4, slice(0, 9)),
        ("score of segment", 4, slice(3, 7)),
        ("score of document", 4, slice(0, 12)),
    ],
)
def test_means_are_taken_over_what_they_name(
    column: Column, score: np.ndarray[Any, Any], name: str, at: int, expected: slice
) -> None:
    assert column(name, TEXT)[at] == pytest.approx(score[expected].mean(), rel=1e-5)


def test_the_best_stretch_that_covers_a_token_speaks_for_it(
    column: Column, score: np.ndarray[Any, Any]
) -> None:
    covers = [score[first : min(first + 3, 9)].mean() for first in range(9)]
    found = column("best of 3 that cover it", TEXT)
    assert found[4] == pytest.approx(max(covers[2:5]), rel=1e-5)
    assert found[0] == pytest.approx(covers[0], rel=1e-5)
    assert found[8] == pytest.approx(max(covers[6:]), rel=1e-5)


def test_a_run_of_one_script_is_weighed_as_a_whole(prepare: Prepare, column: Column) -> None:
    text = "The bank 上海论坛 said"
    score = np.clip(prepare(text).score, -MAX_SCORE, MAX_SCORE)
    assert column("score of run", text)[2:6] == pytest.approx([score[2:6].mean()] * 4, rel=1e-5)
    assert column("sum of run", text)[0] == pytest.approx(np.clip(score[:2].sum(), -40, 40), rel=1e-5)
    assert max(np.abs(column("sum of run", "上" * 100 + " " + "x " * 100))) <= 40


def test_a_side_without_tokens_has_no_score(column: Column) -> None:
    assert column("score 2 before", TEXT)[0] == column("score 5 after", TEXT)[8] == 0


def test_the_best_and_worst_of_a_segment_are_of_its_tokens(
    column: Column, score: np.ndarray[Any, Any]
) -> None:
    assert column("best of segment", TEXT)[3:7] == [score[3:7].max()] * 4
    assert column("worst of segment", TEXT)[3:7] == [score[3:7].min()] * 4


def test_lines_show_the_best_of_their_neighbours(column: Column) -> None:
    best = column("best of line", TEXT)
    assert column("line after", TEXT)[:9] == [best[9]] * 9
    assert column("line before", TEXT)[9:] == [best[0]] * 3
    assert column("best elsewhere", TEXT) == [best[9]] * 9 + [best[0]] * 3
    assert column("line before", TEXT)[0] == column("line after", TEXT)[9] == -MAX_SCORE


def test_fit_is_a_mean_over_n_grams_and_misfit_what_another_language_would_gain(
    prepare: Prepare, column: Column
) -> None:
    found = prepare(TEXT)
    total, n = found.fit.by_language[3:7].sum(axis=0), found.fit.gram_count[3:7].sum()
    own = total[found.facts.language[0]]
    assert column("fit in segment", TEXT)[3] == pytest.approx(own / n, rel=1e-5)
    assert column("misfit in segment", TEXT)[3] == pytest.approx(
        min(total.max() - own, 60) / np.sqrt(n), abs=1e-4
    )
    assert min(column("misfit in line", TEXT)) >= 0


def test_tokens_without_letters_fit_as_well_as_any(column: Column) -> None:
    assert column("fit in token", "... !")[0] == column("misfit in line", "... !")[1] == 0


def test_usual_neighbours_show_before_and_behind(prepare: Prepare, column: Column) -> None:
    fit = prepare(TEXT).fit
    assert column("pair before", TEXT) == fit.pair.tolist()
    assert column("pair after", TEXT) == [*fit.pair[1:9], 0, *fit.pair[10:], 0]
    assert column("triple second after", TEXT) == [*fit.triple[2:9], 0, 0, fit.triple[11], 0, 0]
    assert column("closes without", TEXT)[:8] == fit.skip[1:9].tolist()
    assert column("pair in segment", TEXT)[3] == pytest.approx(fit.pair[3:7].mean(), rel=1e-5)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.errors import InputError
from spamguard.learning.cases import Case
from spamguard.learning.config import read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.documents import Ingredients, make
from spamguard.learning.evaluation import Outcome
from spamguard.learning.grammar import Family
from spamguard.learning.ingredients import gather
from spamguard.learning.leave_out import (
    family_cases,
    groups_of,
    recall_by_family,
    scaled,
    threshold_at,
    without,
)
from spamguard.result import CleanResult
from spamguard.spans import Span


@pytest.fixture(scope="module")
def ingredients(tiny: Path) -> Ingredients:
    """A tiny recipe's ingredients."""
    return gather(tiny, read_sources(tiny / "sources.toml"), read_config(tiny / "config.toml"))


def test_nothing_of_a_family_left_out_is_made(ingredients: Ingredients) -> None:
    rest = without(ingredients, ["zh-*"])
    made = make(rest, 60, polluted_share=1.0, seed=1)
    assert {document.family for document in made} == {"en-pills"}
    assert ingredients.real_spam
    assert not rest.real_spam


def test_without_no_family_all_stays_as_it_is(ingredients: Ingredients) -> None:
    assert without(ingredients, []) is ingredients


@pytest.mark.parametrize("patterns", [["en-pilsl"], ["en-*", "fr-*"], ["*"]])
def test_a_pattern_that_fits_nothing_or_all_is_refused(ingredients: Ingredients, patterns: list[str]) -> None:
    with pytest.raises(InputError, match="famil"):
        without(ingredients, patterns)


@pytest.mark.parametrize("by", ["fold", "category"])
def test_every_family_is_left_out_once(families: list[Family], by: str) -> None:
    groups = groups_of(families, "fold" if by == "fold" else "category")
    names = [name for group in groups.values() for name in group]
    assert sorted(names) == sorted(family.name for family in families)
    assert len(groups) == (8 if by == "fold" else len({family.category for family in families}))


def test_a_scaled_recipe_learns_from_fewer_documents_and_nothing_else_changes(tiny: Path) -> None:
    config = read_config(tiny / "config.toml")
    half = scaled(config, 0.5)
    assert (half.lexical.documents, half.reader.documents, half.verifier.documents) == (200, 600, 100)
    assert scaled(config, 1.0) == config


def outcome(*scores: float) -> Outcome:
    """A clean document in which spans of these scores were found."""
    spans = tuple(Span(i, i + 1, "x", score, "seo") for i, score in enumerate(scores))
    return Case("1", "x" * 9, "x" * 9), CleanResult("", spans)


@given(st.lists(st.lists(st.floats(0, 0.99), max_size=3), min_size=1, max_size=40), st.floats(0, 1))
def test_at_the_threshold_no_more_documents_are_altered_than_may_be(
    scores: list[list[float]], share: float
) -> None:
    threshold = threshold_at([outcome(*one) for one in scores], share)
    altered = sum(any(score >= threshold for score in one) for one in scores)
    assert altered <= share * len(scores) or threshold == 0


def test_the_threshold_is_as_low_as_it_may_be() -> None:
    outcomes = [outcome(0.9), outcome(0.4, 0.6), outcome(), outcome(0.2)]
    assert 0.6 < threshold_at(outcomes, 0.25) < 0.61
    assert threshold_at(outcomes, 1.0) == 0


def test_recall_is_that_of_each_family(ingredients: Ingredients) -> None:
    cases = family_cases(ingredients, ["en-pills", "zh-forum"], 5, seed=2)
    assert len(cases) == 10
    by_text = {case.text: case for case in cases}

    def clean(texts: object) -> list[CleanResult]:
        results = []
        for text in by_text:
            case = by_text[text]
            known = case.groups["family"] == "en-pills"
            spans = [Span(start, end, text[start:end], 1.0, "seo") for start, end in case.spans if known]
            results.append(CleanResult("", tuple(spans)))
        return results

    assert recall_by_family(clean, list(by_text.values())) == {"en-pills": 1.0, "zh-forum": 0.0}

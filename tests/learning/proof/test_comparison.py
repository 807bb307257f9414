from __future__ import annotations

from dataclasses import replace

import pytest

import spamguard
from spamguard.cleaner import Guard
from spamguard.learning.cases import Case
from spamguard.learning.proof.comparison import Change, compare
from spamguard.model.loading import load_detector
from spamguard.result import CleanResult

AD, ARTICLE = "爱上海同城419论坛", "The council met on Monday.\nIt voted for the new budget by nine to two.\n"
CASES = [
    Case("polluted", f"{AD}\n{ARTICLE}", ARTICLE, ((0, len(AD)),), {"pattern": "own_line"}),
    Case("clean", ARTICLE, ARTICLE, (), {"pattern": "clean"}),
]


@pytest.fixture(scope="module")
def blind() -> Guard:
    """A model so strict that it takes nothing."""
    return Guard(replace(load_detector(), thresholds={"newsroom": 1.0}))


def test_a_model_against_itself_changes_nothing(guard: spamguard.Guard) -> None:
    comparison = compare(guard, guard, CASES)
    assert comparison.changes == []
    assert all(one.difference == one.low == one.high == 0 for one in comparison.figures.values())


def test_what_is_no_longer_found_is_named_and_counted(guard: spamguard.Guard, blind: Guard) -> None:
    comparison = compare(guard, blind, CASES)
    assert [change.case.name for change in comparison.changes] == ["polluted"]
    assert comparison.changes[0].broke
    assert comparison.figures["restored"].difference == -1
    assert comparison.figures["recall"].low <= -1 <= comparison.figures["recall"].high
    assert comparison.to_dict()["broke"] == 1
    assert AD not in str(comparison.to_dict())
    assert compare(blind, guard, CASES).changes[0].mended


def test_without_cases_there_is_nothing_to_compare(guard: spamguard.Guard) -> None:
    assert compare(guard, guard, []).figures == {}


def test_a_clean_text_that_is_altered_does_most_harm() -> None:
    ham = Change(CASES[1], CleanResult(ARTICLE), CleanResult("x"), 10.0)
    assert ham.broke
    assert not ham.mended

"""Neutral reporting on sensitive subjects comes back untouched, in every language.

What the shipped model still cuts is pinned in ``training/never_a_censor_floors.json``, by language. A figure
there goes down when a model does better. It may go up only with a new model, by a commit that says what that
one cuts and what it is better at.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import spamguard
from spamguard.learning.cases import Case, read_cases
from spamguard.learning.evaluation import evaluate
from spamguard.learning.floors import fallen, read_floors

TRAINING = Path(__file__).parent.parent / "training"
CASES = list(read_cases(TRAINING / "floor_set" / "never_a_censor.jsonl"))
FLOORS = read_floors(TRAINING / "never_a_censor_floors.json")
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "ja", "pt", "ru", "tr", "zh")
SENTENCE_END = re.compile(r"[.!?。！？।؟](?:\s|[”\"»」』]|$)|[。！？」]")


@pytest.fixture(scope="module")
def rows(guard: spamguard.Guard) -> dict[str, dict[str, float | None]]:
    """The measures, by language."""
    return evaluate(guard.clean_many, CASES, by=["lang"]).rows


def test_neutral_reporting_comes_back_untouched(rows: dict[str, dict[str, float | None]]) -> None:
    assert not fallen(FLOORS, rows)


def test_every_language_has_a_floor(rows: dict[str, dict[str, float | None]]) -> None:
    assert FLOORS.keys() == rows.keys()


def test_there_are_a_dozen_texts_in_each_of_these_languages() -> None:
    counts = Counter(case.groups["lang"] for case in CASES)
    assert {lang for lang, count in counts.items() if count >= 12} >= set(LANGUAGES)


def test_no_text_comes_twice() -> None:
    assert len({case.text for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_text_is_prose_of_several_sentences(case: Case) -> None:
    assert not case.contaminated
    assert 2 <= len(SENTENCE_END.findall(case.text)) <= 8

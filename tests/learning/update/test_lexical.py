from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spamguard.cleaner import Guard
from spamguard.learning.labels.record import Label
from spamguard.learning.update.lesson import Lesson, make_lesson
from spamguard.learning.update.lexical import LexicalUpdate
from spamguard.model.detector import Detector


@pytest.fixture(scope="module")
def moved(base: Detector, labels: list[Label]) -> Detector:
    """The shipped model after the lesson."""
    return LexicalUpdate()(base, make_lesson(labels, 1))


def test_other_strings_of_the_campaign_are_found_in_other_articles(
    base: Detector, moved: Detector, unseen: list[str]
) -> None:
    left = [
        sum("Tilmora" in result.text for result in Guard(one).clean_many(unseen)) for one in (base, moved)
    ]
    assert left[1] < left[0]


def test_the_base_stays_as_it_was_and_only_the_first_stage_moves(base: Detector, moved: Detector) -> None:
    old, new = base.to_arrays(), moved.to_arrays()
    assert [name for name in old if not np.array_equal(old[name], new[name])] == ["lexical_weights"]
    assert (old["lexical_weights"] != new["lexical_weights"]).mean() < 0.05


def test_what_is_unlearnt_was_never_learnt(base: Detector, moved: Detector, labels: list[Label]) -> None:
    bad = replace(labels[0], marks=())
    again = LexicalUpdate()(base, make_lesson([one for one in [*labels, bad][::-1] if one != bad], 1))
    assert np.array_equal(again.tagger.lexical_weights, moved.tagger.lexical_weights)


def test_nothing_to_learn_leaves_the_model_as_it_is(base: Detector) -> None:
    lesson = make_lesson([Label("The council met on Monday and voted for the new budget.")], 1)
    assert LexicalUpdate()(base, Lesson(lesson.labelled, [])) is base


def test_what_the_model_cuts_and_people_say_is_clean_scores_less(base: Detector) -> None:
    text = "爱上海同城419论坛 夜上海最新论坛 上海贵族宝贝自荐"
    [cut] = Guard(base).clean(text, threshold=0.0).spans
    moved = LexicalUpdate()(base, make_lesson([Label(text)], 1))
    left = Guard(moved).clean(text, threshold=0.0).spans
    assert max((span.score for span in left), default=0.0) <= cut.score
    assert not np.array_equal(moved.tagger.lexical_weights, base.tagger.lexical_weights)

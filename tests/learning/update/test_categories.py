"""The category that people give a campaign is learnt, and no known ad's is lost."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from spamguard.errors import InputError
from spamguard.learning.campaign import Campaign
from spamguard.learning.grammar import load_families
from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.shipped import shipped
from spamguard.learning.update.categories import CategoryUpdate, span_matrix
from spamguard.learning.update.lesson import Lesson, make_lesson
from spamguard.learning.update.model import ModelUpdate
from spamguard.model.detector import Detector
from spamguard.spans import CATEGORIES, Category

SEEN = ["Zorvex member pass", "Zorvex glow tier", "myZorvex ripple token 4", "Zorvex Circle founder ring"]
UNSEEN = ["Zorvex sphere seat", "Zorvex Prime spark invite 12", "myZorvex glow tier", "Zorvex token 9"]


def lesson_of(category: Category) -> Lesson:
    """Return a lesson of the seen strings in one category."""
    host = "The council met on Monday.\nIt voted late."
    labels = [Label(f"{ad}\n{host}", (Mark(0, len(ad), category),), "", ad) for ad in SEEN]
    return make_lesson(labels, 1)


def categories_of(detector: Detector, strings: list[str]) -> list[str]:
    """Return what the model of categories says of strings."""
    scores = span_matrix(strings) @ detector.category_weights + detector.category_bias
    return [CATEGORIES[number] for number in scores.argmax(axis=1)]


@pytest.mark.parametrize("category", ["finance", "piracy"])
def test_other_strings_of_a_campaign_get_its_category(base: Detector, category: Category) -> None:
    moved = CategoryUpdate()(base, lesson_of(category))
    assert categories_of(moved, SEEN + UNSEEN) == [category] * len(SEEN + UNSEEN)
    assert categories_of(base, UNSEEN) != [category] * len(UNSEEN)


def test_known_families_keep_their_categories(base: Detector) -> None:
    moved = CategoryUpdate()(base, lesson_of("piracy"))
    rng = random.Random("other strings than those that are held")
    families = load_families(shipped("inventory"))
    ads = [Campaign(rng.choice(families), lambda _: True).ad(rng) for _ in range(600)]
    before, after = categories_of(base, ads), categories_of(moved, ads)
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 3


def test_other_says_nothing_and_teaches_nothing(base: Detector) -> None:
    lesson = lesson_of("other")
    assert lesson.named == []
    assert CategoryUpdate()(base, lesson) is base


def test_a_category_that_the_base_never_learnt_is_refused_by_name(base: Detector) -> None:
    bias = base.category_bias.copy()
    bias[CATEGORIES.index("piracy")] = -1e3
    with pytest.raises(InputError, match=r"never learnt the category piracy: name one of adult, .*other"):
        ModelUpdate()(replace(base, category_bias=bias), lesson_of("piracy"))


def test_words_and_categories_move_and_nothing_else(base: Detector) -> None:
    moved = ModelUpdate()(base, lesson_of("piracy"))
    old, new = base.to_arrays(), moved.to_arrays()
    changed = [name for name in old if not np.array_equal(old[name], new[name])]
    assert sorted(changed) == ["category_weights", "lexical_weights"]

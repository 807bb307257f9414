from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.config import read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.documents import Ingredients
from spamguard.learning.ingredients import gather
from spamguard.learning.split import part_of, place_of, poorer


@pytest.fixture(scope="module")
def ingredients(tiny: Path) -> Ingredients:
    """Some ninety articles in two languages, messages and spam."""
    return gather(tiny, read_sources(tiny / "sources.toml"), read_config(tiny / "config.toml"))


def texts(parts: Ingredients) -> list[str]:
    """All texts of some ingredients."""
    spam = [text for lang in sorted(parts.real_spam) for text in parts.real_spam[lang]]
    return [text.text for text in (*parts.hosts, *parts.ham)] + spam


@given(st.text(st.characters()))
def test_every_text_has_a_place_that_only_its_head_decides(text: str) -> None:
    assert 0 <= place_of(text) < 1
    assert place_of(text) == place_of(text[:200]) == place_of(text[:200].ljust(200)[: len(text)])
    assert place_of("x" * 200 + text) == place_of("x" * 200)


def test_places_are_the_same_in_every_run() -> None:
    assert [round(place_of(text), 6) for text in ("", "a", "上海", "\ud800")] == PLACES


PLACES = [0.072049, 0.789601, 0.302923, 0.222082]


def test_places_are_spread_evenly() -> None:
    places = sorted(place_of(f"text {n}") for n in range(2_000))
    assert all(abs(place - rank / 2_000) < 0.05 for rank, place in enumerate(places))


@given(st.floats(0, 1), st.floats(0, 1))
def test_parts_are_disjoint_and_together_all_there_is(
    ingredients: Ingredients, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    parts = [part_of(ingredients, *bounds) for bounds in ((0, low), (low, high), (high, 1))]
    assert sorted(text for part in parts for text in texts(part)) == sorted(texts(ingredients))
    assert sum(len(texts(part)) for part in parts) == len({text for part in parts for text in texts(part)})


def test_a_text_falls_alike_whatever_else_there_is(ingredients: Ingredients) -> None:
    kept = set(texts(part_of(ingredients, 0.2, 0.6)))
    assert kept == {text for text in texts(ingredients) if 0.2 <= place_of(text) < 0.6}


def test_grammars_and_passages_stay_whole_and_no_language_stays_without_spam(
    ingredients: Ingredients,
) -> None:
    part = part_of(ingredients, 0.3, 0.3)
    assert (part.families, part.passages) == (ingredients.families, ingredients.passages)
    assert texts(part) == []
    assert part.real_spam == {}


def test_poorer_ingredients_know_fewer_families_and_strings(ingredients: Ingredients) -> None:
    kept = {
        family.name
        for seed in range(20)
        for family in poorer(ingredients, family_share=0.5, string_share=1, seed=seed).families
    }
    assert kept == {family.name for family in ingredients.families}
    sizes = [len(poorer(ingredients, family_share=0.5, string_share=1, seed=n).families) for n in range(40)]
    assert {0, 1, 2} == set(sizes)
    fewer = poorer(ingredients, family_share=1, string_share=0.3, seed=1).families
    counts = [len(family.short) + len(family.ingredients["what"]) for family in fewer]
    assert all(2 <= count < 6 for count in counts)


def test_the_same_seed_makes_the_same_poverty_and_texts_stay(ingredients: Ingredients) -> None:
    one, two = (poorer(ingredients, family_share=0.7, string_share=0.5, seed=3) for _ in range(2))
    assert one.families == two.families
    assert texts(one) == texts(ingredients)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from spamguard.features.lexical import lexical_features, lexical_scores
from spamguard.learning import lexical_stage
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients
from spamguard.learning.language_fit import fit_language_tables
from spamguard.learning.lexical_stage import Halves, fit_halves, fit_lexical
from spamguard.learning.split import part_of
from spamguard.text.tokens import tokenise


@pytest.fixture(scope="module", autouse=True)
def small_batches() -> Iterator[None]:
    """Batches of few documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical_stage, "BATCH", 200)
        yield


@pytest.fixture(scope="module")
def sides(parts: Ingredients) -> tuple[Ingredients, Ingredients]:
    """The two halves of the texts."""
    return part_of(parts, 0, 0.5), part_of(parts, 0.5, 1)


@pytest.fixture(scope="module")
def halves(sides: tuple[Ingredients, Ingredients], config: Config) -> Halves:
    """The first stage on both."""
    return fit_halves(*sides, config)


def test_what_ships_is_the_mean_of_the_halves_as_sure_of_itself_as_each(halves: Halves) -> None:
    first, second, joined = halves.first, halves.second, halves.joined
    assert (first.lexical_weights != second.lexical_weights).any()
    mean = (first.lexical_weights + second.lexical_weights) / 2
    np.testing.assert_allclose(
        joined.lexical_weights, mean * lexical_stage._SHARPENING, rtol=1e-6, atol=1e-30
    )
    assert joined.lexical_weights.dtype == np.float32
    mean_bias = (first.lexical_bias + second.lexical_bias) / 2
    assert joined.lexical_bias == pytest.approx(mean_bias * lexical_stage._SHARPENING)


def test_each_half_knows_the_languages_of_its_texts_and_what_ships_those_of_the_first(
    halves: Halves, sides: tuple[Ingredients, Ingredients]
) -> None:
    hosts = (sides[0].hosts, sides[1].hosts, sides[0].hosts)
    for tagger, texts in zip((halves.first, halves.second, halves.joined), hosts, strict=True):
        tables = fit_language_tables(texts)
        assert tagger.languages.names == tables.names
        np.testing.assert_array_equal(tagger.languages.grams, tables.grams)
        np.testing.assert_array_equal(tagger.languages.pairs, tables.pairs)


def test_all_have_the_gate_and_none_a_reader(halves: Halves, config: Config) -> None:
    taggers = (halves.first, halves.second, halves.joined)
    assert {tagger.gate for tagger in taggers} == {config.gate}
    assert {tagger.reader for tagger in taggers} == {None}


def test_either_half_tells_ads_from_news(halves: Halves) -> None:
    tokens = tokenise(["viagra 爱上海论坛", "the council of ward"])
    features = lexical_features(tokens)
    for tagger in (halves.first, halves.second, halves.joined):
        scores = lexical_scores(features, tagger.lexical_weights, tagger.lexical_bias)
        assert scores[tokens.doc == 0].mean() > scores[tokens.doc == 1].mean() + 1


def test_the_same_seed_learns_the_same_and_another_something_else(
    sides: tuple[Ingredients, Ingredients], config: Config
) -> None:
    short = replace(config, lexical=replace(config.lexical, documents=200))
    one, two, other = (fit_lexical(sides[0], short, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one[0], two[0])
    assert one[1] == two[1]
    assert (one[0] != other[0]).any()

from __future__ import annotations

import numpy as np
import pytest

from spamguard.features.language import (
    GRAM_BITS,
    LOG_STEP,
    PAIR_BITS,
    LanguageTables,
    language_fit,
    sampled_language,
)
from spamguard.features.lexical import lexical_features
from spamguard.learning.corpora import Document
from spamguard.learning.language_fit import fit_language_tables
from spamguard.text.tokens import tokenise

NEWS = {
    "en": "The city council voted on Tuesday to extend the timetable of the ferry.\n",
    "de": "Der Stadtrat beschloss am Dienstag, den Fahrplan der Fähre zu verlängern.\n",
    "zh": "市议会周二投票决定延长渡轮的时刻表。\n",
    "fi": "Liian lyhyt.\n",
}


def corpus() -> list[Document]:
    """News in three languages, and too little in a fourth."""
    full = [Document(NEWS[lang] * 60, lang, lang, "") for lang in ("zh", "en", "de") for _ in range(25)]
    return [*full, Document(NEWS["fi"], "fi", "fi", "")]


@pytest.fixture(scope="module")
def tables() -> LanguageTables:
    """Statistics of the news."""
    return fit_language_tables(corpus())


def test_languages_with_enough_text_are_known_in_a_fixed_order(tables: LanguageTables) -> None:
    assert tables.names == ("de", "en", "zh")
    assert tables.grams.shape == (3, 2, 1 << GRAM_BITS)
    assert tables.pairs.shape == (1 << PAIR_BITS,)
    assert tables.grams.dtype == tables.pairs.dtype == np.uint8


def test_probabilities_of_a_language_sum_to_one(tables: LanguageTables) -> None:
    chances = np.exp(-tables.grams.astype(float) * LOG_STEP).sum(axis=2)
    np.testing.assert_allclose(chances, 1, atol=0.1)


def test_a_text_fits_its_own_language_best(tables: LanguageTables) -> None:
    texts = ["The ferry of the council", "Der Fahrplan der Fähre", "渡轮的时刻表"]
    tokens = tokenise(texts)
    found = sampled_language(tokens, lexical_features(tokens), tables)
    assert [tables.names[row] for row in found] == ["en", "de", "zh"]


def test_neighbours_that_often_stand_side_by_side_are_usual(tables: LanguageTables) -> None:
    tokens = tokenise(["The city council voted", "The voted council city"])
    fit = language_fit(tokens, lexical_features(tokens), tables)
    assert (fit.pair[:4] > 5).all()
    assert (fit.triple[:4] > 5).all()
    assert (fit.pair[5:] == 0).all()
    assert (fit.triple[5:] == 0).all()


def test_the_order_of_documents_makes_no_difference(tables: LanguageTables) -> None:
    again = fit_language_tables(corpus()[::-1])
    np.testing.assert_array_equal(again.grams, tables.grams)
    np.testing.assert_array_equal(again.pairs, tables.pairs)

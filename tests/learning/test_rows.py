from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spamguard.features.lexical import lexical_features
from spamguard.learning.documents import Ingredients, Labelled, make
from spamguard.learning.network_fit import fit_network
from spamguard.learning.rows import (
    CandidateRows,
    _verdict,
    candidate_rows,
    category_rows,
    chosen_rows,
    joined,
)
from spamguard.model.categories import category_buckets
from spamguard.model.network import Network
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import Verdict
from spamguard.text.tokens import tokenise

HAM, INEXACT, EXACT = Verdict.HAM, Verdict.INEXACT, Verdict.EXACT


def labelled(text: str, *spans: tuple[int, int], category: str = "seo") -> Labelled:
    """A document with spam in it."""
    return Labelled(text, spans, "en", "en-demo", category, "prefix")


@pytest.fixture(scope="module")
def documents(parts: Ingredients) -> list[Labelled]:
    """Some documents."""
    return make(parts, 60, polluted_share=0.6, seed=2)


TEXT = "good ad1 ad2 good ad3 x ad4\nad5"
SPANS = ((5, 8), (9, 12), (18, 21), (24, 27), (28, 31))


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        (1, 2, EXACT),
        (1, 3, EXACT),
        (2, 3, EXACT),
        (4, 5, EXACT),
        (0, 3, INEXACT),
        (1, 4, INEXACT),
        (4, 7, INEXACT),
        (0, 1, HAM),
        (3, 4, HAM),
        (0, 2, HAM),
        (5, 6, HAM),
        (7, 8, EXACT),
    ],
)
def test_a_range_is_exact_where_it_holds_whole_spans_and_blanks_only(
    tagger: Tagger, first: int, last: int, verdict: Verdict
) -> None:
    tagged = tagger.tag([TEXT])
    assert isinstance(tagged, Tagged)
    assert _verdict(tagged, [labelled(TEXT, *SPANS)], first, last) == verdict


def test_candidates_come_with_features_and_verdicts_of_every_kind(
    tagger: Tagger, documents: list[Labelled]
) -> None:
    rows = candidate_rows(tagger, documents, 1.0, seed=1)
    assert len(rows.matrix) == len(rows.verdicts) > 50
    assert set(rows.verdicts.tolist()) == set(Verdict)
    assert np.isfinite(rows.matrix).all()


def test_the_same_seed_keeps_the_same_rows(tagger: Tagger, documents: list[Labelled]) -> None:
    one, two = (candidate_rows(tagger, documents, 1.0, seed=1) for _ in range(2))
    np.testing.assert_array_equal(one.matrix, two.matrix)
    np.testing.assert_array_equal(one.verdicts, two.verdicts)


def test_where_nothing_is_proposed_there_are_no_rows(tagger: Tagger, documents: list[Labelled]) -> None:
    silent = replace(tagger, gate=1e9)
    assert len(candidate_rows(silent, documents, 0.0, seed=1).verdicts) == 0
    assert len(candidate_rows(silent, documents, 0.0, seed=1).matrix) == 0


def test_rows_are_joined_in_order() -> None:
    sizes = (2, 3, 1)
    parts = [
        CandidateRows(np.full((size, 4), size, np.float16), np.full(size, size, np.int8)) for size in sizes
    ]
    every = joined(parts)
    assert every.verdicts.tolist() == [2, 2, 3, 3, 3, 1]
    np.testing.assert_array_equal(every.matrix, np.repeat(every.verdicts[:, None], 4, axis=1))
    assert parts == []


def test_chosen_candidates_come_with_log_odds_and_truth(tagger: Tagger, documents: list[Labelled]) -> None:
    rows = candidate_rows(tagger, documents, 1.0, seed=1)
    matrix = joined([rows]).matrix.astype(np.float32)
    verifier: Network = fit_network(matrix, rows.verdicts, hidden=(8,), epochs=5, seed=1, alpha=1e-3)
    found = chosen_rows(tagger, verifier, documents, 1.0)
    assert len(found.log_odds) == len(found.truth) > 20
    assert found.log_odds[found.truth].mean() > found.log_odds[~found.truth].mean()
    silent = chosen_rows(replace(tagger, gate=1e9), verifier, documents, 1.0)
    assert len(silent.log_odds) == len(silent.truth) == 0


def test_categories_are_learnt_from_the_spans_that_have_one() -> None:
    documents = [
        labelled("fine buy pills.\npills", (5, 14), (16, 21), category="pharma"),
        labelled("real spam", (0, 9), category=""),
        labelled("casino\u200b x \u200b", (0, 7), (10, 11), category="gambling"),
    ]
    buckets, names = category_rows(documents)
    assert names == ["pharma", "pharma", "gambling"]
    lexical = lexical_features(tokenise(["fine buy pills.\npills"]))
    np.testing.assert_array_equal(buckets[0], category_buckets(lexical, [(1, 3)])[0])
    np.testing.assert_array_equal(buckets[1], category_buckets(lexical, [(4, 5)])[0])

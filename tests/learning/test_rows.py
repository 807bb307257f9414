from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.lexical import HASH_BITS, lexical_features
from spamguard.learning.config import read_config
from spamguard.learning.corpora import read_sources
from spamguard.learning.documents import Ingredients, Labelled, make
from spamguard.learning.ingredients import gather
from spamguard.learning.language_fit import fit_language_tables
from spamguard.learning.rows import (
    _NEAR,
    _verdict,
    candidate_rows,
    category_rows,
    chosen_rows,
    span_starts,
    tag_rows,
)
from spamguard.learning.tag_fit import fit_network
from spamguard.model.categories import category_buckets
from spamguard.model.decoding import Tag
from spamguard.model.network import Network
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import Verdict
from spamguard.text.tokens import tokenise

HAM, INEXACT, EXACT = Verdict.HAM, Verdict.INEXACT, Verdict.EXACT


def labelled(text: str, *spans: tuple[int, int], category: str = "seo") -> Labelled:
    """A document with spam in it."""
    return Labelled(text, spans, "en", "en-demo", category, "prefix")


@pytest.fixture(scope="module")
def parts(tiny: Path) -> Ingredients:
    """A tiny recipe's ingredients."""
    return gather(tiny, read_sources(tiny / "sources.toml"), read_config(tiny / "config.toml"))


@pytest.fixture(scope="module")
def blind(parts: Ingredients) -> Tagger:
    """A tagger that knows words at random and has no network yet."""
    weights: NDArray[np.float32] = np.random.default_rng(1).normal(size=1 << HASH_BITS).astype(np.float32)
    return Tagger(weights, -3.0, fit_language_tables(parts.hosts), gate=-100.0)


@pytest.fixture(scope="module")
def tagger(blind: Tagger, parts: Ingredients) -> Tagger:
    """The same, its network fitted to a few documents."""
    rows = tag_rows(blind, make(parts, 60, polluted_share=0.8, seed=1), 1.0, seed=1)
    network = fit_network(rows.matrix, rows.tags, hidden=(8,), epochs=5, seed=1, alpha=1e-4)
    return replace(blind, network=network)


@pytest.fixture(scope="module")
def documents(parts: Ingredients) -> list[Labelled]:
    """Some other documents."""
    return make(parts, 60, polluted_share=0.6, seed=2)


def test_starts_are_those_of_spans_and_lines() -> None:
    documents = [labelled("good ad ad\nad fine", (5, 7), (8, 10), (11, 13)), labelled("ad x", (0, 2))]
    tokens = tokenise([document.text for document in documents])
    #                                                       good ad ad | ad fine | ad x
    assert span_starts(tokens, documents)[1:].tolist() == [True, True, True, False, True, False]


def test_a_span_that_starts_with_an_ignorable_character_starts_at_its_first_token() -> None:
    documents = [labelled("good \u200bad x", (5, 8))]
    assert span_starts(tokenise([documents[0].text]), documents)[1:].tolist() == [True, False]


def test_every_token_of_a_span_and_of_what_is_near_is_kept_with_its_tag(blind: Tagger) -> None:
    text = "buy pills now The council met on Monday."
    rows = tag_rows(replace(blind, lexical_bias=-1e3), [labelled(text, (0, 13))], 0.0, seed=1)
    assert rows.tags.tolist()[:3] == [Tag.BEGIN, Tag.INSIDE, Tag.END]
    assert set(rows.tags[3:].tolist()) == {Tag.OUTSIDE}
    prepared = replace(blind, lexical_bias=-1e3, gate=-np.inf).prepare([text])
    assert prepared is not None
    np.testing.assert_array_equal(rows.matrix, prepared.context.matrix[: len(rows.tags)])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_of_plain_tokens_the_wanted_share_is_kept(blind: Tagger, share: float) -> None:
    quiet = replace(blind, lexical_bias=-1e3)
    tags = tag_rows(quiet, [labelled("ad " + "word " * 3_000, (0, 2))], share, seed=1).tags
    assert tags.tolist() == [Tag.SINGLE] + [Tag.OUTSIDE] * (len(tags) - 1)
    assert abs(len(tags) - 1 - _NEAR - share * (3_000 - _NEAR)) < 100


def test_lines_below_the_gate_make_no_rows(blind: Tagger) -> None:
    documents = [labelled("ad\nfine words", (0, 2)), labelled("more")]
    found = blind.prepare([document.text for document in documents])
    assert found is not None
    gate = float(np.unique(found.facts.line_best)[-1])
    rows = tag_rows(replace(blind, gate=gate), documents, 1.0, seed=1)
    assert len(rows.tags) == (found.facts.line_best >= gate).sum() < len(found.tokens)


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


def test_chosen_candidates_come_with_log_odds_and_truth(tagger: Tagger, documents: list[Labelled]) -> None:
    rows = candidate_rows(tagger, documents, 1.0, seed=1)
    matrix = rows.matrix.astype(np.float32)
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

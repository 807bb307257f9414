from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spamguard.features.language import (
    LOG_STEP,
    LanguageFit,
    LanguageTables,
    gram_rows,
    joint_usual,
    language_fit,
    neighbour_buckets,
    sampled_language,
)
from spamguard.features.lexical import lexical_features
from spamguard.text.tokens import tokenise

WORDS = ["上海", "419", "casino", " ", " ", "\n", ".", "a", "b c", "б", "\u200b", "\u0301", "😀", "\ud800"]
TEXT = (
    st.lists(st.one_of(st.sampled_from(WORDS), st.characters()), max_size=15)
    .map("".join)
    .filter(lambda text: len(tokenise([text])) > 0)
)
ARRAYS = ("by_language", "gram_count", "pair", "triple", "skip")


def fit_of(tables: LanguageTables, *texts: str) -> LanguageFit:
    """How well the tokens of a batch fit."""
    tokens = tokenise(texts)
    return language_fit(tokens, lexical_features(tokens), tables)


def language_of(tables: LanguageTables, *texts: str) -> list[int]:
    """The language of each document of a batch."""
    tokens = tokenise(texts)
    found: list[int] = sampled_language(tokens, lexical_features(tokens), tables).tolist()
    return found


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_batch_fits_as_each_document_alone(tables: LanguageTables, texts: list[str]) -> None:
    batch, fit = tokenise(texts), fit_of(tables, *texts)
    for number, (first, last) in enumerate(zip(batch.doc_first, batch.doc_last, strict=True)):
        alone = fit_of(tables, texts[number])
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(fit, name)[first:last], getattr(alone, name))
    assert language_of(tables, *texts) == [language_of(tables, text)[0] for text in texts]


@given(st.lists(TEXT, min_size=1, max_size=3), st.data())
def test_taken_lines_fit_as_among_all_lines(
    tables: LanguageTables, texts: list[str], data: st.DataObject
) -> None:
    tokens = tokenise(texts)
    lexical, whole = lexical_features(tokens), fit_of(tables, *texts)
    lines = data.draw(st.sets(st.sampled_from(tokens.line.tolist()), min_size=1))
    rows = np.flatnonzero(np.isin(tokens.line, list(lines)))
    taken = language_fit(tokens.take(rows), lexical.take(rows), tables)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(taken, name), getattr(whole, name)[rows])


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_there_is_a_finite_entry_for_each_token(tables: LanguageTables, texts: list[str]) -> None:
    n, fit = len(tokenise(texts)), fit_of(tables, *texts)
    assert fit.by_language.shape == (n, len(tables.names))
    assert all(len(getattr(fit, name)) == n for name in ARRAYS)
    assert all(np.isfinite(getattr(fit, name)).all() for name in ARRAYS)
    assert (fit.gram_count >= 0).all()


def test_a_token_s_fit_is_the_sum_over_the_n_grams_that_start_in_it(tables: LanguageTables) -> None:
    tokens = tokenise(["the bank"])
    features = lexical_features(tokens)
    rows, fit = gram_rows(features.grams), language_fit(tokens, features, tables)
    cost = tables.grams[:, 0][:, rows[:, 0]].astype(int) + tables.grams[:, 1][:, rows[:, 1]]
    expected = -LOG_STEP * np.stack([cost[:, :3].sum(axis=1), cost[:, 3:].sum(axis=1)])
    np.testing.assert_allclose(fit.by_language, expected)
    assert fit.gram_count.tolist() == [3, 4]


def test_a_document_s_language_is_read_off_n_grams_from_all_over_it(tables: LanguageTables) -> None:
    text = "the bank " * 500
    rows = gram_rows(lexical_features(tokenise([text])).grams)
    cost = tables.grams[:, 0][:, rows[:, 0]].astype(int) + tables.grams[:, 1][:, rows[:, 1]]
    assert language_of(tables, "", text, "...") == [0, cost.sum(axis=1).argmin(), 0]


def test_neighbours_count_on_the_same_line_only() -> None:
    tokens = tokenise(["a b c\na b c", "b c"])
    buckets = neighbour_buckets(lexical_features(tokens).token_hash, tokens.line)
    np.testing.assert_array_equal(buckets[:3], buckets[3:6])
    assert not (buckets[1, :2] == buckets[6, :2]).any()


def test_closing_a_gap_is_as_usual_as_the_words_side_by_side(tables: LanguageTables) -> None:
    gapped, closed = tokenise(["one two ad ad three four"]), tokenise(["one two three four"])
    features = lexical_features(gapped)
    first, last = np.array([2]), np.array([4])
    pair, left, right = joint_usual(tables.pairs, features.token_hash, gapped.line, first, last)
    fit = language_fit(closed, lexical_features(closed), tables)
    assert [pair[0], left[0], right[0]] == [fit.pair[2], fit.triple[2], fit.triple[3]]


def test_a_gap_at_a_line_s_edge_closes_over_nothing(tables: LanguageTables) -> None:
    tokens = tokenise(["x\none two three\ny", "z"])
    first, last = np.array([1, 3, 2, 5]), np.array([2, 4, 3, 6])
    usual = joint_usual(tables.pairs, lexical_features(tokens).token_hash, tokens.line, first, last)
    known = [[value >= 0 for value in column.tolist()] for column in usual]
    assert known == [[False, False, True, False], [False] * 4, [False] * 4]

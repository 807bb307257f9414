from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.features.document import DocumentFacts, _best_elsewhere
from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables, gram_rows
from spamguard.features.lexical import HASH_BITS, lexical_features
from spamguard.features.place import KIND, MAX_SCORE
from spamguard.model.tagger import Prepared, Tagger
from spamguard.text.tokens import tokenise

Prepare = Callable[..., Prepared]
PIECES = st.sampled_from(
    ["上", "海", "419", "buy ", "pills ", " ", "\n", "\n", ".", "x", "б", "\u200b", "\ud800"]
)
TEXT = st.lists(PIECES, max_size=20).map("".join).filter(lambda text: len(tokenise([text])) > 0)
BY_DOCUMENT = ("language", "scripts", "mean_score", "n_tokens", "n_lines")
BY_TOKEN = (
    *("line_best", "best_before", "best_after", "best_elsewhere"),
    *("first_line", "last_line", "repeated"),
)


@pytest.fixture(scope="module")
def facts(prepare: Prepare) -> Callable[..., DocumentFacts]:
    """The facts of a batch."""
    return lambda *texts: prepare(*texts).facts


def test_every_fact_is_one_of_a_document_or_of_a_token() -> None:
    assert {field.name for field in fields(DocumentFacts)} == {*BY_DOCUMENT, *BY_TOKEN}


@given(texts=st.lists(TEXT, min_size=1, max_size=4))
def test_a_batch_has_the_facts_of_each_document_alone(
    facts: Callable[..., DocumentFacts], texts: list[str]
) -> None:
    batch, found = tokenise(texts), facts(*texts)
    for number, (first, last) in enumerate(zip(batch.doc_first, batch.doc_last, strict=True)):
        alone = facts(texts[number])
        for name in BY_DOCUMENT:
            np.testing.assert_array_equal(getattr(found, name)[number], getattr(alone, name)[0], name)
        for name in BY_TOKEN:
            np.testing.assert_array_equal(getattr(found, name)[first:last], getattr(alone, name), name)


@given(texts=st.lists(TEXT, min_size=1, max_size=3))
def test_every_fact_is_finite(facts: Callable[..., DocumentFacts], texts: list[str]) -> None:
    found = facts(*texts)
    assert all(np.isfinite(getattr(found, name)).all() for name in (*BY_DOCUMENT, *BY_TOKEN))


def test_taken_tokens_keep_their_facts_and_the_documents_theirs(facts: Callable[..., DocumentFacts]) -> None:
    found, rows = facts("a b\nc\nd", "e"), np.array([2, 4])
    taken = found.take(rows)
    for name in BY_DOCUMENT:
        np.testing.assert_array_equal(getattr(taken, name), getattr(found, name))
    for name in BY_TOKEN:
        np.testing.assert_array_equal(getattr(taken, name), getattr(found, name)[rows])


def test_first_and_last_line_are_those_with_tokens(facts: Callable[..., DocumentFacts]) -> None:
    found = facts("\n \na b\n\nc\nd\n", "e", "\n")
    assert found.first_line.tolist() == [True, True, False, False, True]
    assert found.last_line.tolist() == [False, False, False, True, True]
    assert found.n_lines.tolist() == [3, 1, 0]
    assert found.n_tokens.tolist() == [4, 1, 0]


def test_lines_see_the_best_of_their_neighbours_in_their_own_document(
    facts: Callable[..., DocumentFacts],
) -> None:
    found = facts("a", "b\nc\nd", "e")
    best = found.line_best.tolist()
    assert found.best_before.tolist() == [-MAX_SCORE, -MAX_SCORE, best[1], best[2], -MAX_SCORE]
    assert found.best_after.tolist() == [-MAX_SCORE, best[2], best[3], -MAX_SCORE, -MAX_SCORE]
    others = [max(best[2], best[3]), max(best[1], best[3]), max(best[1], best[2])]
    assert found.best_elsewhere.tolist() == [-MAX_SCORE, *others, -MAX_SCORE]


@pytest.mark.parametrize(
    ("best", "doc", "elsewhere"),
    [
        ([5, 3, 4], [0, 0, 0], [4, 5, 5]),
        ([5, 3, 5], [0, 0, 0], [5, 5, 5]),
        ([5, 3, 4], [0, 1, 1], [-MAX_SCORE, 4, 3]),
        ([7], [2], [-MAX_SCORE]),
    ],
)
def test_a_line_sees_the_best_of_all_others(
    best: list[float], doc: list[int], elsewhere: list[float]
) -> None:
    found = _best_elsewhere(np.array(best, dtype=np.float32), np.array(doc))
    assert found.tolist() == elsewhere


def test_the_best_of_a_line_is_its_highest_mean_over_five_tokens(prepare: Prepare) -> None:
    found = prepare("one two three four five six seven\nother words")
    score = np.clip(found.score[:7].astype(float), -MAX_SCORE, MAX_SCORE)
    means = [score[max(0, at - 2) : at + 3].mean() for at in range(7)]
    np.testing.assert_allclose(found.facts.line_best[:7], max(means), rtol=1e-6)


@pytest.mark.parametrize(
    ("texts", "twos", "fours"),
    [
        (["buy pills x\nbuy pills y"], [2, 2, 1, 2, 2, 1], [1] * 6),
        (["a b c d\na b c d"], [2] * 8, [2] * 8),
        (["a b c d e\na b c d\na b"], [3, 3, 2, 2, 1, 3, 3, 2, 2, 3, 3], [2, 2, 2, 2, 1, 2, 2, 2, 2, 1, 1]),
        (["buy pills x", "buy pills y"], [1] * 6, [1] * 6),
        (["a b\na\nb"], [1] * 4, [1] * 4),
        (["a b a", "b c"], [1] * 5, [1] * 5),
        (["a b\n" * 100], [64] * 200, [1] * 200),
    ],
)
def test_runs_of_tokens_are_counted_on_the_lines_of_their_document(
    facts: Callable[..., DocumentFacts], texts: list[str], twos: list[int], fours: list[int]
) -> None:
    counts = 2 ** facts(*texts).repeated
    np.testing.assert_allclose(counts[:, 0], twos, rtol=1e-6)
    np.testing.assert_allclose(counts[:, 1], fours, rtol=1e-6)


def test_letters_weigh_one_in_scripts_without_spaces_and_words_three(
    facts: Callable[..., DocumentFacts],
) -> None:
    found = facts("上海 bank 419 (said)", "...").scripts
    assert found[0, KIND["Han"]] == 2
    assert found[0, KIND["Latin"]] == 6
    assert found[0].sum() == 8
    assert found[1].sum() == 0


def test_a_document_s_language_is_the_one_that_its_letters_are_likely_in() -> None:
    grams = np.full((2, 2, 1 << GRAM_BITS), 200, dtype=np.uint8)
    texts = ["the harbour ferry", "渡轮的时刻表", "..."]
    for language, text in enumerate(texts[:2]):
        rows = gram_rows(lexical_features(tokenise([text])).grams)
        grams[language, 0, rows[:, 0]] = grams[language, 1, rows[:, 1]] = 10
    tables = LanguageTables(("en", "zh"), grams, np.zeros(1 << PAIR_BITS, dtype=np.uint8))
    found = Tagger(np.zeros(1 << HASH_BITS, dtype=np.float32), 0.0, tables, 0.0).prepare(texts)
    assert found is not None
    assert found.facts.language.tolist() == [0, 1, 0]

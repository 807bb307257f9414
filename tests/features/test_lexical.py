from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.lexical import (
    HASH_BITS,
    N_GRAM_SIZES,
    N_WORD_FEATURES,
    LexicalFeatures,
    bucket,
    lexical_features,
    lexical_scores,
)
from spamguard.text.tokens import tokenise

WORDS = ["上海", "419", "casino", "c4sino", "a", "б", "カ"]
SIGNS = [" ", "\n", ".", "$", "😀", "\u200b", "\u0301", "\ud800"]
TEXT = st.lists(st.one_of(st.sampled_from(WORDS + SIGNS), st.characters()), max_size=15).map("".join)


def features_of(*texts: str) -> LexicalFeatures:
    """Lexical features of a batch."""
    return lexical_features(tokenise(texts))


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_features_lie_in_their_tables(texts: list[str]) -> None:
    tokens = tokenise(texts)
    found = lexical_features(tokens)
    assert found.words.shape == (len(tokens), N_WORD_FEATURES)
    assert found.grams.shape[1] == N_GRAM_SIZES
    assert len(found.grams) <= len(tokens.folded.code)
    for buckets in (found.words, found.grams):
        assert ((buckets >= 0) & (buckets < 1 << HASH_BITS)).all()
    assert (found.gram_start >= 0).all()
    assert (found.gram_start <= found.own_start).all()
    assert (found.own_start <= found.gram_end).all()
    assert (found.gram_end <= len(found.grams)).all()


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_a_batch_scores_as_each_document_alone(weights: NDArray[np.float32], texts: list[str]) -> None:
    batch = tokenise(texts)
    scores = lexical_scores(lexical_features(batch), weights, 0.5)
    assert scores.shape == (len(batch),)
    assert np.isfinite(scores).all()
    for first, last, text in zip(batch.doc_first, batch.doc_last, texts, strict=True):
        alone = lexical_scores(features_of(text), weights, 0.5)
        np.testing.assert_allclose(scores[first:last], alone, atol=1e-4)


def test_scores_of_a_long_document_do_not_drift(weights: NDArray[np.float32]) -> None:
    line = "The 2nd casino of 上海 opened.\n"
    scores = lexical_scores(features_of(line * 2_000), weights, 0.5)
    tail = len(tokenise([line]))
    np.testing.assert_allclose(scores[-tail:], scores[tail : 2 * tail], atol=1e-4)


@pytest.mark.parametrize(
    "disguised", ["ca$ino", "c4sino", "CA5INO", "cas1no", "с4ѕіno", "c\u200ba\u200bs\u200bi\u200bn\u200bo"]
)
def test_letters_behind_a_disguise_are_read(disguised: str) -> None:
    np.testing.assert_array_equal(features_of(disguised).grams, features_of("casino").grams)


@pytest.mark.parametrize(
    "sign", [" ", "  ", "★", ".", "-", "_", "*", "|", "~", "♥", "/", "+", ",", "、", "╱", ":"]
)
@pytest.mark.parametrize("string", ["casino", "爱上海论坛"])
def test_letters_are_read_over_what_separates_them(sign: str, string: str) -> None:
    np.testing.assert_array_equal(features_of(sign.join(string)).grams, features_of(string).grams)


def test_a_number_that_stands_alone_stays_a_number() -> None:
    assert features_of("419").grams.tolist() != features_of("aig").grams.tolist()


def test_a_token_owns_what_starts_inside_it_or_at_the_two_letters_before_it() -> None:
    found = features_of("ab cde 上海", "上 b")
    assert found.own_start.tolist() == [0, 2, 5, 6, 7, 8]
    assert found.gram_start.tolist() == [0, 0, 3, 4, 7, 7]
    assert found.gram_end.tolist() == [2, 5, 6, 7, 8, 9]


def test_neighbours_count_on_the_same_line_only() -> None:
    pair, broken = features_of("one two"), features_of("one\ntwo")
    assert pair.words[0, 0] == broken.words[0, 0]
    assert not (pair.words[0, [2, 4]] == broken.words[0, [2, 4]]).any()
    assert not (pair.words[1, [1, 3]] == broken.words[1, [1, 3]]).any()


def test_the_same_word_has_the_same_hash_wherever_it_stands() -> None:
    hashes = features_of("spam x Spam\nｓｐａｍ, sp\u200bam pams", "spam").token_hash
    assert hashes[0] == hashes[2] == hashes[3] == hashes[5] == hashes[7]
    assert len(set(hashes.tolist())) == 4


def test_buckets_are_used_evenly_and_differ_by_salt() -> None:
    values = np.arange(1 << 14, dtype=np.uint64)
    one, other = bucket(values, 1, 10), bucket(values, 2, 10)
    assert np.bincount(one, minlength=1 << 10).max() < 60
    assert (one == other).mean() < 0.01

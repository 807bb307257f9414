"""Fingerprints: alike for what is alike, whatever the length and the repetitions."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.sketch import (
    DOCUMENT_HASHES,
    _shingle_hashes,
    are_related,
    bands,
    document_signature,
    similarity,
    string_signature,
)

LETTERS = st.text("abc爱上海419", min_size=1, max_size=40)


@given(LETTERS, st.integers(1, 60))
def test_a_document_is_its_least_distinct_shingles_however_often_it_repeats_itself(
    piece: str, times: int
) -> None:
    letters = piece * times
    every = np.unique(_shingle_hashes(letters, 12)).tolist()
    assert document_signature(letters) == frozenset(every[:DOCUMENT_HASHES])


@given(st.integers(0, 2**32 - 1), st.integers(300, 2_000), st.integers(1, 3))
def test_so_is_a_long_document_of_which_the_least_alone_are_sorted(
    seed: int, length: int, times: int
) -> None:
    letters = "".join(random.Random(seed).choices("abcdefgh爱上海", k=length)) * times
    every = np.unique(_shingle_hashes(letters, 12)).tolist()
    assert document_signature(letters) == frozenset(every[:DOCUMENT_HASHES])


@given(LETTERS)
def test_a_document_is_related_to_itself(letters: str) -> None:
    signature = document_signature(letters)
    assert are_related(signature, [frozenset(), signature])


def test_a_document_with_an_ad_is_related_to_the_one_without_and_not_to_another() -> None:
    one = "the council voted on tuesday to close the old bridge for repairs until the spring of next year"
    other = "apples are scarce this autumn after the late frosts and growers expect prices to double by may"
    assert are_related(document_signature(one + "cheappills"), [document_signature(one)])
    assert not are_related(document_signature(one), [document_signature(other)])


@given(LETTERS)
def test_a_string_meets_itself_in_every_band(letters: str) -> None:
    one, same = string_signature(letters), string_signature(letters)
    assert similarity(one, same) == 1.0
    assert bands(one) == bands(same)


def test_another_telephone_makes_no_other_string_and_other_words_do() -> None:
    assert string_signature("tramadol13800001111") == string_signature("tramadol13999992222")
    assert similarity(string_signature("tramadol"), string_signature("ostfriesentee")) < 0.5

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.features.lexical import lexical_features
from spamguard.learning.disguises import DISGUISES, disguise
from spamguard.text.tokens import tokenise

SEEDS = st.integers(0, 2**32 - 1)
STRINGS = st.sampled_from(
    [
        "cheap casino 419",
        "爱上海同城419论坛",
        "slot gacor 88",
        "加微信 abc123",
        "Kredit ohne SCHUFA",
        "казино",
    ]
)
# What folding or tokenising undoes; the others change what is said, and are learnt.
SEEN_THROUGH = ("zero_width", "full_width", "circled", "styled", "traditional_mix")
SEPARATING = ("spaced", "separated")


def words(text: str) -> list[str]:
    """The folded tokens of a text."""
    tokens = tokenise([text])
    code = [chr(code) for code in tokens.folded.code]
    return ["".join(code[start:end]) for start, end in zip(tokens.start, tokens.end, strict=True)]


def letters(text: str) -> str:
    """The folded tokens of a text in one: a capital within a word may start another token."""
    return "".join(words(text))


@settings(deadline=None)
@given(st.sampled_from(sorted(DISGUISES)), STRINGS, SEEDS)
def test_a_disguised_string_is_never_empty(name: str, string: str, seed: int) -> None:
    assert DISGUISES[name](string, random.Random(seed)).strip()


@settings(deadline=None)
@given(st.sampled_from(sorted(DISGUISES)), STRINGS, SEEDS)
def test_a_disguise_is_settled_by_the_seed(name: str, string: str, seed: int) -> None:
    assert DISGUISES[name](string, random.Random(seed)) == DISGUISES[name](string, random.Random(seed))


@settings(deadline=None)
@given(st.text(max_size=10).filter(str.strip), SEEDS)
def test_no_disguise_empties_or_breaks_a_line(string: str, seed: int) -> None:
    dressed = disguise(string, random.Random(seed))
    assert dressed.strip()
    assert "\n" in string or "\n" not in dressed


@pytest.mark.parametrize("name", sorted(DISGUISES))
def test_every_disguise_changes_something(name: str) -> None:
    strings = ["cheap casino 4190158", "加微信 abc123 联系电话"]
    assert any(
        DISGUISES[name](string, random.Random(seed)) != string for string in strings for seed in range(20)
    )


@pytest.mark.parametrize("name", SEEN_THROUGH)
@settings(deadline=None)
@given(string=STRINGS, seed=SEEDS)
def test_disguises_of_characters_are_undone_by_folding(name: str, string: str, seed: int) -> None:
    assert letters(DISGUISES[name](string, random.Random(seed))) == letters(string)


@settings(deadline=None)
@given(st.sampled_from(["cheap casino", "slot gacor", "Kredit ohne SCHUFA"]), SEEDS)
def test_a_change_of_case_is_undone_by_folding(string: str, seed: int) -> None:
    assert letters(DISGUISES["case_mix"](string, random.Random(seed))) == letters(string)


@pytest.mark.parametrize("name", SEPARATING)
@settings(deadline=None)
@given(string=st.sampled_from(["casino", "cheap pills", "爱上海同城论坛"]), seed=SEEDS)
def test_separated_letters_are_read_as_if_they_stood_together(name: str, string: str, seed: int) -> None:
    dressed = DISGUISES[name](string, random.Random(seed))
    # One of the separators is itself a Chinese character, as in the wild.
    found, plain = (lexical_features(tokenise([text.replace("乄", "★")])).grams for text in (dressed, string))
    np.testing.assert_array_equal(found, plain)


@settings(deadline=None)
@given(st.sampled_from(["tipsy", "ember", "viket", "wixbeth"]), SEEDS)
def test_look_alikes_beside_a_latin_letter_are_undone(string: str, seed: int) -> None:
    dressed = "z" + DISGUISES["look_alike"](string, random.Random(seed))
    assert letters(dressed) == "z" + string


@settings(deadline=None)
@given(SEEDS)
def test_a_stroke_through_letters_leaves_their_word_in_one_piece(seed: int) -> None:
    assert len(words(DISGUISES["struck"]("cheap casino", random.Random(seed)))) == 2

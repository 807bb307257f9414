from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.learning.reshaping import RESHAPINGS, Reshaping, clauses, heading, reshape, torn

SEEDS = st.integers(0, 2**32 - 1)
TEXT = "The council met on Monday, and voted. It was late.\n市议会周二投票。比计划的多。\n\nShort line"


def letters(text: str) -> str:
    """The text without white space, signs and digits."""
    return "".join(char for char in text if char.isalpha())


@pytest.mark.parametrize("reshaping", [one for one in RESHAPINGS if one not in (clauses, heading, torn)])
@settings(deadline=None)
@given(seed=SEEDS)
def test_a_new_shape_keeps_the_words(reshaping: Reshaping, seed: int) -> None:
    assert letters(reshaping(TEXT, random.Random(seed))) == letters(TEXT)


@settings(deadline=None)
@given(SEEDS)
def test_clauses_keep_the_words_of_ordinary_sentences(seed: int) -> None:
    assert letters(clauses(TEXT, random.Random(seed))) == letters(TEXT)


@settings(deadline=None)
@given(SEEDS)
def test_a_heading_goes_before_its_sentence(seed: int) -> None:
    lines, found = TEXT.split("\n"), heading(TEXT, random.Random(seed)).split("\n")
    [added] = [at for at in range(len(found)) if found[:at] + found[at + 1 :] == lines][-1:]
    assert letters(found[added]).casefold() in letters(TEXT).casefold()


@settings(deadline=None)
@given(SEEDS)
def test_a_torn_line_loses_an_end_and_no_other_line_changes(seed: int) -> None:
    lines, found = TEXT.split("\n"), torn(TEXT, random.Random(seed)).split("\n")
    [(old, new)] = [(old, new) for old, new in zip(lines, found, strict=True) if old != new]
    assert new
    assert old.startswith(new) or old.endswith(new)


@pytest.mark.parametrize("text", ["", "\n\n", "abc\nabcde"])
def test_short_lines_are_not_torn(text: str) -> None:
    assert torn(text, random.Random(1)) == text


@settings(deadline=None)
@given(st.text(max_size=30), SEEDS)
def test_any_text_is_reshaped_and_the_seed_settles_how(text: str, seed: int) -> None:
    assert reshape(text, random.Random(seed)) == reshape(text, random.Random(seed))

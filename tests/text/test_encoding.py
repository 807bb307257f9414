from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.text.classes import CharClass
from spamguard.text.encoding import code_points, fold
from spamguard.text.unicode_tables import load

TEXT = st.text(st.one_of(st.sampled_from("\u200b\ufeff\n\r \ud83d\ude00Ａ①aЯ"), st.characters()), max_size=20)


@given(TEXT)
def test_a_text_has_as_many_code_points_as_characters(text: str) -> None:
    assert [chr(code) for code in code_points(text)] == list(text)


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_only_ignorable_characters_are_dropped(texts: list[str]) -> None:
    folded, tables = fold(texts), load()
    joined = "".join(text + "\n" for text in texts)
    dropped = np.setdiff1d(np.arange(len(joined)), folded.raw)
    assert {tables.classes[ord(joined[at])] for at in dropped} <= {CharClass.IGNORED}
    assert [tables.fold[ord(joined[at])] for at in folded.raw] == folded.code.tolist()
    assert CharClass.IGNORED not in folded.char_class


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_documents_start_where_the_break_behind_the_last_one_ends(texts: list[str]) -> None:
    joined = "".join(text + "\n" for text in texts)
    starts = fold(texts).doc_start
    assert [joined[a : b - 1] for a, b in pairwise(starts)] == texts


def test_capitals_are_marked_and_no_disguise() -> None:
    folded = fold(["Ab Яя Éé 上"])
    assert "".join(np.array(list("Ab Яя Éé 上\n"))[folded.upper]) == "AЯÉ"
    assert not folded.styled.any()


def test_disguised_characters_are_marked() -> None:
    folded = fold(["aｂ①c\u200bd"])
    assert folded.styled.tolist() == [False, True, True, False, True, False]
    assert not folded.upper.any()


@pytest.mark.parametrize("written", ["&#99;", "&#x63;", "&#X63;", "&#0000099;"])
def test_a_numeric_entity_is_read_as_its_character_at_the_place_of_its_first_sign(written: str) -> None:
    folded = fold([f"a{written}b"])
    assert "".join(map(chr, folded.code)) == "acb\n"
    assert folded.raw.tolist() == [0, 1, 1 + len(written), 2 + len(written)]


@pytest.mark.parametrize(
    "written", ["&#10;", "&#xD800;", "&#1114112;", "&#99", "&#12345678;", "&#;", "&amp;", "&#x;"]
)
def test_what_stands_for_no_visible_character_is_read_as_it_is_written(written: str) -> None:
    assert "".join(map(chr, fold([written]).code)) == written.lower() + "\n"


@pytest.mark.parametrize("written", ["<b></b>", "<wbr>", "<!-- x -->", "<i></i><wbr/>"])
def test_markup_that_shows_nothing_is_dropped_inside_words_and_nowhere_else(written: str) -> None:
    folded = fold([f"a{written}b {written}c"])
    assert "".join(map(chr, folded.code)) == f"ab {written}c\n"
    assert folded.raw[:2].tolist() == [0, 1 + len(written)]


@pytest.mark.parametrize("written", ["<b>", "<b></i>", "<br>", "</p><p>", "<!-- a\nb -->"])
def test_markup_that_holds_or_parts_something_stays_inside_words(written: str) -> None:
    assert "".join(map(chr, fold([f"a{written}b"]).code)) == f"a{written}b\n"

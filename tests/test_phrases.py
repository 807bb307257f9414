"""Allowed phrases stay whole, denied ones go, and neither is found inside a word."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.errors import InputError
from spamguard.phrases import Choice, Phrases, fold_case
from spamguard.spans import Category, Span, merge

# Few characters, so that phrases meet and overlap; some of one word, some of scripts without spaces.
CHARACTERS = st.sampled_from("aAb 海上.")
TEXT = st.text(CHARACTERS, max_size=30)
PHRASE = st.text(CHARACTERS, min_size=1, max_size=4).filter(str.strip)
PHRASES = st.lists(PHRASE, max_size=4)


def word_characters(text: str, position: int) -> bool:
    """Whether both neighbours of a position are letters of a script with spaces."""
    return 0 < position < len(text) and set(text[position - 1 : position + 1].lower()) <= {"a", "b"}


def occurrences(text: str, phrases: list[str]) -> list[tuple[int, int]]:
    """All places where phrases stand as whole words, looked up one by one."""
    return [
        (start, start + len(phrase.strip()))
        for phrase in phrases
        for start in range(len(text))
        if text[start:].lower().startswith(phrase.strip().lower())
        and not word_characters(text, start)
        and not word_characters(text, start + len(phrase.strip()))
    ]


@given(TEXT, PHRASES)
def test_all_is_found_that_a_look_at_each_place_finds(text: str, phrases: list[str]) -> None:
    assert Phrases(phrases).find(text) == merge(occurrences(text, phrases))


@given(TEXT, PHRASES, st.integers(0, 30), st.integers(0, 30))
def test_within_an_interval_only_whole_occurrences_are_found(
    text: str, phrases: list[str], start: int, end: int
) -> None:
    within = [(min(start, len(text)), min(end, len(text)))]
    inside = [one for one in occurrences(text, phrases) if start <= one[0] and one[1] <= end]
    assert Phrases(phrases).find(text, within=within) == merge(inside)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("ad", "made an Ad, an AD", [(8, 10), (15, 17)]),
        ("café", "CAFÉ cafés café", [(0, 4), (11, 15)]),
        ("cafe", "cafe\u0301", []),
        ("论坛", "上海论坛的", [(2, 4)]),
        ("ตลาด", "ในตลาดนัด", [(2, 6)]),
        ("VX", "加VX好友", [(1, 3)]),
        ("419", "1419 419上海", [(5, 8)]),
        ("თბილისი", "თბილისის", []),
        ("istanbul", "İSTANBUL", [(0, 8)]),
        ("ΟΔΟΣ", "οδος", [(0, 4)]),
        (" spaced ", "a spaced out", [(2, 8)]),
        ("😀 now", "😀😀 NOW", [(1, 6)]),
    ],
)
def test_phrases_are_whole_words_in_any_case(phrase: str, text: str, found: list[tuple[int, int]]) -> None:
    assert Phrases([phrase]).find(text) == found


def test_folding_keeps_every_offset() -> None:
    # No character becomes none, so one that became two would show.
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(fold_case(everything)) == len(everything)


@given(TEXT, PHRASES, PHRASES, st.lists(st.tuples(st.integers(0, 29), st.integers(1, 5)), max_size=4))
def test_allowed_phrases_lose_no_character_and_denied_ones_go(
    text: str, allow: list[str], deny: list[str], starts: list[tuple[int, int]]
) -> None:
    found = [
        Span(start, min(start + length, len(text)), text[start : start + length], 0.9, "seo")
        for start, length in starts
        if start < len(text)
    ]
    choice = Choice.of(allow, deny) or Choice(Phrases(()), Phrases(()))
    chosen = choice.apply(text, found)
    allowed = occurrences(text, allow)
    gone = {position for span in chosen for position in range(span.start, span.end)}
    assert not gone & {position for start, end in allowed for position in range(start, end)}
    for start, end in occurrences(text, deny):
        if not any(start < other[1] and other[0] < end for other in allowed):
            assert gone >= set(range(start, end))
    assert all(span in chosen or any(span.start < e and s < span.end for s, e in allowed) for span in found)


def test_only_the_wanted_categories_go_and_denied_phrases_always() -> None:
    found = [Span(0, 2, "aa", 0.9, "seo"), Span(3, 5, "bb", 0.9, "adult")]
    choice = Choice.of(deny=["cc"], categories=["adult"])
    assert choice
    assert [span.text for span in choice.apply("aa bb cc", found)] == ["bb", "cc"]
    nothing = Choice.of(categories=[])
    assert nothing
    assert nothing.apply("aa bb cc", found) == []


def test_no_options_are_no_choice() -> None:
    assert Choice.of() is None
    assert Choice.of(Phrases([]), [], None) is None


def test_the_time_grows_with_the_text_and_not_with_the_phrases() -> None:
    phrases = Phrases("海" * length for length in range(1, 200))
    assert phrases.find("海" * 50_000 + "." + "a" * 50_000) == [(0, 50_000)]


@pytest.mark.parametrize("phrases", ["one string", [""], ["good", " \n"], [5], [None]])
def test_what_is_no_phrase_is_refused_by_its_place_and_not_quoted(phrases: list[str]) -> None:
    with pytest.raises(InputError, match="allow must be") as caught:
        Choice.of(allow=phrases)
    assert "one string" not in str(caught.value)
    with pytest.raises(InputError, match="deny must be"):
        Choice.of(deny=phrases)


@pytest.mark.parametrize("categories", ["seo", ["politics"], [5]])
def test_an_unknown_category_is_refused_with_those_there_are(categories: list[Category]) -> None:
    with pytest.raises(InputError, match="categories must be"):
        Choice.of(categories=categories)

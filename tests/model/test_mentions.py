from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.model.mentions import (
    BROKEN_LINE_ODDS,
    MENTION_ODDS,
    OWN_LINE_ODDS,
    WITHIN_ODDS,
    odds_against,
)


def marked(text: str) -> tuple[str, int, int]:
    """A text with its span between two bars."""
    before, span, behind = text.split("¦")
    return before + span + behind, len(before), len(before + span)


@pytest.mark.parametrize(
    "text",
    [
        "The opinion is published at ¦www.court.example¦ by Friday.",
        "Read ¦https://river.example/levels?day=3¦, which has all levels.",
        "相談先は¦www.soudan.example¦に一覧がある。",
        "Details (¦https://zoo.example¦) follow.",
        "The site ¦(www.foo.example:8080)¦ is down.",
        "It stands on ¦harbour.example¦.",
    ],
)
def test_a_link_that_its_sentence_goes_on_around_is_a_mention(text: str) -> None:
    assert odds_against(*marked(text)) in (MENTION_ODDS, MENTION_ODDS + WITHIN_ODDS)


@pytest.mark.parametrize(
    "text",
    [
        "¦www.slots.example¦ The council met.",
        "The council met. ¦www.slots.example¦ It voted.",
        "The council met\n¦www.slots.example¦ and voted.",
        "The council met ¦www.slots.example¦",
        "The council met ¦www.slots.example¦\nIt voted.",
        "The council ¦best slots www.slots.example¦ met.",
        "The council ¦slots¦ met.",
    ],
)
def test_an_ad_beside_a_sentence_and_an_ad_with_words_are_none(text: str) -> None:
    assert odds_against(*marked(text)) in (0, BROKEN_LINE_ODDS, WITHIN_ODDS)


@pytest.mark.parametrize(
    "text",
    [
        'He kept one string. It reads: ¦BEST SLOTS 2025¦ "It reminds me," he says.',
        "The firm had written to every school: ¦cheap essays by night¦",
        "他留着其中一行。上面写着：¦澳门赌场¦",
        "Заголовок гласил следующее: ¦казино онлайн¦",
        "He kept one string. ¦It reads: BEST SLOTS 2025!!!¦",
        "他留着其中一行。¦上面写着：澳门赌场¦",
    ],
)
def test_what_a_sentence_announces_is_a_mention(text: str) -> None:
    assert odds_against(*marked(text)) in (MENTION_ODDS, MENTION_ODDS + WITHIN_ODDS)


@pytest.mark.parametrize(
    "text",
    [
        "Tags: ¦best slots 2025¦",
        "来源：¦夜上海论坛¦ 浏览：12",
        "发布时间：2024-01-02 10:33 来源：¦夜上海论坛¦",
        "Source: desk | 2024-01-02 | Category: ¦best slots 2025¦",
        "The firm had written to every school:\n¦best slots 2025¦",
        "¦best slots 2025¦ It reads: nothing.",
        "¦best slots 2025: play here¦",
        "¦Order best slots 2025 today: play here¦",
        "It met. ¦slots: play here¦",
        "It met. ¦best slots https://slots.example¦",
        "10.30 a.m. Source: ¦best slots 2025¦",
        "Photo: A. Reed. Tags: ¦best slots¦",
        "重磅！来源：¦夜上海论坛¦",
        "It was so.\rTags: ¦best slots¦",
        "The firm had written to every school:\u2028¦best slots 2025¦",
    ],
)
def test_what_a_label_names_and_what_stands_on_another_line_is_none(text: str) -> None:
    assert odds_against(*marked(text)) in (0, WITHIN_ODDS, -OWN_LINE_ODDS)


@pytest.mark.parametrize(
    "text",
    [
        "The ¦best slots¦ council met.",
        "Он ¦казино онлайн¦ уехал.",
        "A¦slots¦b",
        "The  ¦best slots¦   council met.",
        "It met. ¦best slots¦ and voted.",
        "- ¦best slots¦ and votes",
        "In ¦Night Forum¦ Shanghai, police said,",
        "他说，¦赌场¦他走了。",
        "सड़क ¦कैसीनो¦ बंद है।",
        "It stands in ¦Night Forum¦.",
    ],
)
def test_a_clause_that_goes_on_around_it_speaks_against_spam(text: str) -> None:
    assert odds_against(*marked(text)) == WITHIN_ODDS


@pytest.mark.parametrize("text", ["¦best slots¦ and voted.", "It met\n¦slots¦ and voted.", "\r\n ¦slots¦ a"])
def test_a_line_that_goes_on_in_small_letters_behind_its_start_speaks_against_it_less(text: str) -> None:
    assert odds_against(*marked(text)) == BROKEN_LINE_ODDS


@pytest.mark.parametrize(
    "text",
    [
        "¦best slots¦",
        "It met.\n¦best slots¦",
        "¦slots¦  \r\nIt met.",
        "met\u2028\t¦夜上海论坛¦\u3000\nIt",
        "a\x85¦b¦\u2009",
    ],
)
def test_a_span_that_fills_its_line_is_likelier_spam(text: str) -> None:
    assert odds_against(*marked(text)) == -OWN_LINE_ODDS


@pytest.mark.parametrize("text", ["- ¦slots¦", "a\n¦slots¦\x0bb", "It met.\u200b¦slots¦\u200b"])
def test_a_span_with_anything_beside_it_does_not_fill_its_line(text: str) -> None:
    assert odds_against(*marked(text)) >= 0


@pytest.mark.parametrize(
    "text",
    [
        "¦best slots¦ The council met.",
        "It met.¦best slots¦",
        "It met. ¦best slots¦ Then it voted.",
        "It ¦slots¦\nmet.",
        "他说。¦赌场¦他走了。",
        "- ¦best slots¦ The council",
        "🔖 ¦best slots¦ 📢 12",
        "2026-03-04 | ¦best slots¦ | 57 views",
    ],
)
def test_where_a_clause_ended_or_the_line_ends_nothing_speaks_against_it(text: str) -> None:
    assert odds_against(*marked(text)) == 0


@given(st.text(st.characters(), max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_any_span_of_any_text_is_looked_at_in_its_line_alone(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    places = (0, BROKEN_LINE_ODDS, WITHIN_ODDS)
    odds = odds_against(text, start, end)
    assert odds in (-OWN_LINE_ODDS, *places, *(MENTION_ODDS + place for place in places))
    assert odds_against("It met:\n" + text + "\n他说", start + 8, end + 8) == odds

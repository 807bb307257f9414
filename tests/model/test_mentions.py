from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.model.mentions import MENTION_ODDS, WITHIN_ODDS, odds_against


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
    assert odds_against(*marked(text)) in (0, WITHIN_ODDS)


@pytest.mark.parametrize(
    "text",
    [
        'He kept one string. It reads: ¦BEST SLOTS 2025¦ "It reminds me," he says.',
        "The firm had written to every school: ¦cheap essays by night¦",
        "他留着其中一行。上面写着：¦澳门赌场¦",
        "Заголовок гласил следующее: ¦казино онлайн¦",
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
    ],
)
def test_what_a_label_names_and_what_stands_on_another_line_is_none(text: str) -> None:
    assert odds_against(*marked(text)) in (0, WITHIN_ODDS)


@pytest.mark.parametrize("text", ["The ¦best slots¦ council met.", "Он ¦казино онлайн¦ уехал.", "A¦slots¦b"])
def test_a_sentence_that_goes_on_in_small_letters_speaks_against_spam(text: str) -> None:
    assert odds_against(*marked(text)) == WITHIN_ODDS


@pytest.mark.parametrize(
    "text", ["¦best slots¦ The council met.", "It met.¦best slots¦", "It ¦slots¦\nmet.", "他¦赌场¦说"]
)
def test_where_no_small_letter_follows_nothing_does(text: str) -> None:
    assert odds_against(*marked(text)) == 0


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_any_span_of_any_text_is_looked_at(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    assert odds_against(text, start, end) >= 0

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Outcome
from spamguard.learning.mistakes import errors_of
from spamguard.learning.report.contexts import in_context, worst
from spamguard.result import CleanResult
from spamguard.seams import Edit, edits_for, remove
from spamguard.spans import Interval, Span, merge


def outcome(text: str, gold: list[Interval], found: list[Interval]) -> Outcome:
    """A case with what was found in it."""
    edits = edits_for(text, found)
    spans = tuple(Span(start, end, text[start:end], 0.9, "seo") for start, end in found)
    clean = remove(text, edits_for(text, gold))
    return Case("1", text, clean, tuple(gold)), CleanResult(
        remove(text, edits), spans, tuple(Edit(start, end, text[start:end]) for start, end in edits)
    )


def test_each_part_is_marked_by_what_became_of_it() -> None:
    one = outcome("pills casino Trains run.", [(0, 12)], [(0, 5), (13, 19)])
    shown = in_context(errors_of(*one)[0], one)
    assert shown == (
        '<del>pills</del><mark class="missed"> casino</mark> <mark class="lost">Trains</mark> run.'
    )


ENDS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (min(ends), max(ends)))


@given(st.text("ab<&>'", min_size=30, max_size=30), st.lists(ENDS).map(merge), st.lists(ENDS).map(merge))
def test_what_is_shown_is_the_text_itself_escaped(
    text: str, gold: list[Interval], found: list[Interval]
) -> None:
    one = outcome(text, gold, found)
    for error in errors_of(*one):
        shown = in_context(error, one)
        assert unescape(re.sub(r"</?(?:del|mark)(?: class=\"\w+\")?>", "", shown)) == text


def test_a_long_text_is_shown_in_part() -> None:
    one = outcome("a" * 5000, [(2000, 4000)], [])
    shown = in_context(errors_of(*one)[0], one)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 700


def test_invisible_characters_and_line_breaks_show() -> None:
    one = outcome("a\u200bb\nc", [(0, 3)], [])
    assert in_context(errors_of(*one)[0], one) == '<mark class="missed">a·b</mark> ⏎ c'


def test_lost_text_comes_before_missed_spam_and_the_longest_first() -> None:
    missed = outcome("ad " + "good " * 3, [(0, 2)], [])
    lost, much_lost = (outcome("good text is here", [], [(0, end)]) for end in (4, 12))
    ranked = [error.text for error, _ in worst([missed, lost, much_lost], 5)]
    assert ranked == ["good text is", "good", "ad"]
    assert len(worst([missed, lost, much_lost], 1)) == 2

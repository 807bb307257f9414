from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.errors import ResultError
from spamguard.seams import LINE_BREAKS, SPACES, Edit, edits_for, put_back, remove, widen
from spamguard.spans import Interval, complement, merge

WHITE = SPACES + "\t" + LINE_BREAKS
# Mostly white space, so that seams meet; the rest is anything at all.
TEXT = st.text(st.one_of(st.sampled_from(" \t\n\r\u2028\u3000a"), st.characters()), max_size=30)
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085"])
LINE = st.text(st.characters(exclude_characters=LINE_BREAKS), max_size=12).filter(
    lambda line: line == line.strip(WHITE)
)
FULL_LINE = LINE.filter(bool)


@st.composite
def texts_with_intervals(draw: st.DrawFn) -> tuple[str, list[Interval]]:
    """Any text with any intervals in it: overlapping, empty, in any order, at both ends."""
    text = draw(TEXT)
    bound = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(bound, bound), max_size=6))
    return text, [(min(pair), max(pair)) for pair in pairs]


def unmark(marked: str) -> tuple[str, list[Interval]]:
    """Take the brackets from around the spans, and say where these are."""
    spans, taken = [], 0
    for match in re.finditer("⟦(.*?)⟧", marked, re.DOTALL):
        start = match.start() - taken
        spans.append((start, start + len(match[1])))
        taken += 2
    return re.sub("[⟦⟧]", "", marked), spans


def cleaned(text: str, spans: list[Interval]) -> str:
    """The text without the spans and their seams."""
    return remove(text, edits_for(text, spans))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # Any span takes one adjoining space, the one behind it.
        ("⟦ad⟧ good", "good"),
        ("⟦ad⟧ • good", "• good"),
        ("⟦ad⟧  good", " good"),
        ("⟦ad⟧\u3000新闻", "新闻"),
        ("⟦ad⟧\u00a0good", "good"),
        ("one ⟦ad⟧ two", "one two"),
        ("One. ⟦ad⟧ Two.", "One. Two."),
        # At a line's end the one before it.
        ("good ⟦ad⟧", "good"),
        ("good ⟦ad⟧\nnext", "good\nnext"),
        ("good ⟦ad⟧\r\nnext", "good\r\nnext"),
        ("新闻\u3000⟦ad⟧\n", "新闻\n"),
        ("good  ⟦ad⟧", "good "),
        # Glued to the text it takes nothing along.
        ("⟦ad⟧good", "good"),
        ("good⟦ad⟧", "good"),
        ("one⟦ad⟧two", "onetwo"),
        ("one ⟦ad⟧two", "one two"),
        ("⟦ad⟧\tgood", "\tgood"),
        # A span that fills its line takes the line's break, blanks apart.
        ("one\n⟦ad⟧\ntwo", "one\ntwo"),
        ("one\r\n⟦ad⟧\r\ntwo", "one\r\ntwo"),
        ("one\r⟦ad⟧\rtwo", "one\rtwo"),
        ("one\u2028⟦ad⟧\u2028two", "one\u2028two"),
        ("one\n  ⟦ad⟧ \t\ntwo", "one\ntwo"),
        ("one\n\n⟦ad⟧\n\ntwo", "one\n\n\ntwo"),
        ("⟦ad⟧\ntwo", "two"),
        ("⟦ad⟧\r\ntwo", "two"),
        ("one\n⟦ad⟧\n", "one\n"),
        # On the last line, where no break follows, the one before it.
        ("one\n⟦ad⟧", "one"),
        ("one\r\n⟦ad⟧", "one"),
        ("one\n\n⟦ad⟧", "one\n"),
        ("⟦ad⟧", ""),
        # Several spans leave as they came.
        ("⟦ad⟧ ⟦ad⟧\ngood", "good"),
        ("good ⟦ad⟧ ⟦ad⟧", "good"),
        ("one ⟦ad⟧ ⟦ad⟧ two", "one two"),
        ("one\n⟦ad⟧\n⟦ad⟧\ntwo", "one\ntwo"),
        ("one\n⟦ad⟧\n⟦ad⟧\n⟦ad⟧", "one"),
        ("one\r\n⟦ad⟧\r\n⟦ad⟧", "one"),
        ("⟦ad⟧\n⟦ad⟧", ""),
        ("one ⟦ad⟧\n⟦ad⟧", "one"),
        ("one ⟦ad⟧\n⟦ad⟧ two", "one\ntwo"),
        ("one\n⟦ad⟧\n\n⟦ad⟧", "one\n"),
    ],
)
def test_a_span_takes_its_seam_along(marked: str, expected: str) -> None:
    assert cleaned(*unmark(marked)) == expected


@given(texts_with_intervals())
def test_a_removal_is_undone_exactly(case: tuple[str, list[Interval]]) -> None:
    text, intervals = case
    edits = edits_for(text, intervals)
    kept = [Edit(start, end, text[start:end]) for start, end in edits]
    assert put_back(remove(text, edits), kept) == text


@given(texts_with_intervals())
def test_what_is_outside_the_edits_stays_as_it_came(case: tuple[str, list[Interval]]) -> None:
    text, intervals = case
    edits = edits_for(text, intervals)
    gone = {at for start, end in edits for at in range(start, end)}
    assert remove(text, edits) == "".join(char for at, char in enumerate(text) if at not in gone)


@given(texts_with_intervals())
def test_edits_are_the_spans_and_white_space_and_no_more(case: tuple[str, list[Interval]]) -> None:
    text, intervals = case
    edits = edits_for(text, intervals)
    assert edits == merge(edits)
    assert merge([*edits, *intervals]) == edits
    beyond = complement(merge([*intervals, *complement(edits, len(text))]), len(text))
    assert all(not text[start:end].strip(WHITE) for start, end in beyond)


@given(texts_with_intervals())
def test_a_span_inside_a_line_takes_one_space_at_most(case: tuple[str, list[Interval]]) -> None:
    text, intervals = case
    for start, end in merge(intervals):
        first, last = widen(text, start, end)
        seam = text[first:start] + text[end:last]
        assert len(seam) <= 1 or any(char in LINE_BREAKS for char in seam) or not (first or text[last:])


@given(st.lists(LINE, min_size=1, max_size=4), st.data(), FULL_LINE, BREAKS)
def test_lines_of_ads_leave_the_host_as_it_was(
    lines: list[str], data: st.DataObject, ad: str, line_break: str
) -> None:
    at = data.draw(st.integers(0, len(lines)))
    count = data.draw(st.integers(1, 3))
    start = len(line_break.join([*lines[:at], ""]))
    spans = [(first, first + len(ad)) for first in (start + i * len(ad + line_break) for i in range(count))]
    text = line_break.join([*lines[:at], *[ad] * count, *lines[at:]])
    assert cleaned(text, spans) == line_break.join(lines)


@given(LINE, FULL_LINE, LINE, FULL_LINE, st.sampled_from(SPACES), BREAKS)
def test_an_ad_beside_a_line_leaves_the_host_as_it_was(
    above: str, line: str, below: str, ad: str, space: str, line_break: str
) -> None:
    host = line_break.join([above, line, below])
    start = len(above + line_break)
    before = line_break.join([above, ad + space + line, below])
    assert cleaned(before, [(start, start + len(ad))]) == host
    behind = line_break.join([above, line + space + ad, below])
    start += len(line + space)
    assert cleaned(behind, [(start, start + len(ad))]) == host


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 2, "ab"), Edit(1, 3, "cd")],
        [Edit(3, 4, "a"), Edit(0, 1, "b")],
        [Edit(0, 3, "ab")],
        [Edit(6, 7, "a")],
        [Edit(-1, 1, "ab")],
    ],
)
def test_edits_that_do_not_fit_are_refused_by_number(edits: list[Edit]) -> None:
    with pytest.raises(ResultError, match=rf"edit {len(edits) - 1} \("):
        put_back("12345", edits)


def test_an_edit_at_the_very_end_fits() -> None:
    assert put_back("12345", [Edit(5, 7, "67")]) == "1234567"

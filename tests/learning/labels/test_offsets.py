from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.labels.offsets import Counting, Utf16, counting_of, is_inside_word
from spamguard.learning.labels.reading import read_labels
from spamguard.learning.labels.record import RawLabel, RawMark


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(), st.data())
def test_units_lead_back_to_code_points(text: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(0, end))
    assert Utf16(text).span(units(text[:start]), units(text[:end])) == (start, end)


def test_half_a_character_is_no_place() -> None:
    assert Utf16("😀").span(0, 1) is None
    assert Utf16("😀").span(0, 3) is None


@given(st.text(min_size=1), st.data())
def test_a_quoted_span_is_found_in_either_counting(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    mark = RawMark(units(text[:start]), units(text[:end]), "spam", text[start:end])
    label = RawLabel("😀" + text, [RawMark(mark.start + 2, mark.end + 2, "spam", mark.quote)], "", "", "")
    if counting_of([label]) is Counting.UTF_16:
        assert Utf16(label.text).span(mark.start + 2, mark.end + 2) == (start + 1, end + 1)


def test_without_quotes_the_ends_of_words_tell() -> None:
    text = "😀😀 cheap pills now"
    as_units = RawLabel(text, [RawMark(5, 16, "spam")], "", "", "")
    as_points = RawLabel(text, [RawMark(3, 14, "spam")], "", "", "")
    assert counting_of([as_units]) is Counting.UTF_16
    assert counting_of([as_points]) is Counting.CODE_POINTS


def test_one_record_that_shows_it_speaks_for_the_file(tmp_path: Path) -> None:
    # The second one could be read either way by itself.
    records = [
        {"text": "😀😀 cheap pills now", "label": [[5, 16, "SPAM"]]},
        {"text": "😀 夜网论坛", "label": [[3, 5, "SPAM"]]},
    ]
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    reading = read_labels([path])
    assert [label.quotes for label in reading.labels] == [("cheap pills",), ("夜网",)]
    assert [repair.partition(":")[2] for repair in reading.repairs] == [
        " 1 spans counted in UTF-16, now in code points"
    ] * 2


@pytest.mark.parametrize(
    ("text", "offset", "inside"),
    [("ab", 1, True), ("a b", 1, False), ("พาว", 1, False), ("夜网", 1, False), ("ab", 0, False)],
)  # fmt: skip
def test_words_of_scripts_with_spaces_have_an_inside(text: str, offset: int, inside: bool) -> None:
    assert is_inside_word(text, offset) is inside

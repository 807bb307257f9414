"""Offsets count what the caller's language counts, emoji and lone surrogates included."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.errors import InputError
from spamguard.service.offsets import Unit, from_code_points, length, to_code_points

TEXT = st.text(st.sampled_from("aé上😀👩\u200d\U0001f3fd\r\n\u0301"), max_size=20)
UNITS = st.sampled_from(get_args(Unit))


def encoded(text: str, unit: Unit) -> bytes:
    """The text as a language sees it, each unit of the same width."""
    return text.encode({"codepoint": "utf-32-le", "utf16": "utf-16-le", "byte": "utf-8"}[unit])


WIDTHS: dict[Unit, int] = {"codepoint": 4, "utf16": 2, "byte": 1}


@given(TEXT, UNITS, st.data())
def test_offsets_cut_in_their_unit_what_code_points_cut(text: str, unit: Unit, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    first, last = from_code_points(text, [start, end], unit)
    piece = encoded(text, unit)[first * WIDTHS[unit] : last * WIDTHS[unit]]
    assert piece == encoded(text[start:end], unit)
    assert last - first == length(text[start:end], unit)
    assert to_code_points(text, [first, last], unit) == [start, end]


@given(st.text(st.characters()), UNITS)
def test_any_position_of_any_text_comes_back(text: str, unit: Unit) -> None:
    # A high surrogate before a low one is one character in UTF-16, which JSON would have made of them.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    positions = list(range(len(text) + 1))
    assert to_code_points(text, from_code_points(text, positions, unit), unit) == positions


@pytest.mark.parametrize(
    ("text", "unit", "position"),
    [("😀", "utf16", 1), ("é", "byte", 1), ("a😀", "byte", 3), ("ab", "codepoint", 3), ("😀", "utf16", 3)],
)
def test_an_offset_inside_a_character_or_past_the_end_is_refused(
    text: str, unit: Unit, position: int
) -> None:
    with pytest.raises(InputError):
        to_code_points(text, [position], unit)


def test_offsets_that_go_back_are_refused() -> None:
    with pytest.raises(InputError):
        to_code_points("abc", [2, 1], "codepoint")

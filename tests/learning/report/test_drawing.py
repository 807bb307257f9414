from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.report.drawing import escape, number, shortened, ticks, width_of

names = st.text(max_size=40)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6))
def test_ticks_are_few_and_within_the_range(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert len(found) <= 8
    assert all(low - width * 1e-6 <= tick <= low + width * 1.000001 for tick in found)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.5, "0.5"), (0, "0"), (99.5, "99.5"), (1e6, "1,000,000"), (math.nan, "–")]
)
def test_numbers_read_well(value: float, shown: str) -> None:
    assert number(value) == shown


@given(names, st.integers(1, 40))
def test_a_shortened_text_fits(text: str, most: int) -> None:
    assert width_of(shortened(text, most)) <= most


def test_what_no_page_can_hold_is_replaced() -> None:
    assert escape("a\ud800b\x00c") == "a\ufffdb\ufffdc"

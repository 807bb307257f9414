from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spamguard.spans import CATEGORIES, Interval, complement, merge

POSITIONS = st.integers(0, 40)
INTERVALS = st.lists(st.tuples(POSITIONS, POSITIONS))


def positions(intervals: list[Interval]) -> list[int]:
    """Every position that the intervals cover, in their order."""
    return [at for start, end in intervals for at in range(start, end)]


@given(INTERVALS)
def test_merging_covers_the_same_positions_each_once(intervals: list[Interval]) -> None:
    assert positions(merge(intervals)) == sorted(set(positions(intervals)))


@given(INTERVALS)
def test_merged_intervals_are_apart(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert all(start < end for start, end in merged)
    assert all(before[1] < behind[0] for before, behind in pairwise(merged))


@given(INTERVALS)
def test_merging_again_changes_nothing(intervals: list[Interval]) -> None:
    assert merge(merge(intervals)) == merge(intervals)


@given(INTERVALS, st.integers(0, 20))
def test_a_complement_is_all_that_is_left(intervals: list[Interval], beyond: int) -> None:
    merged, length = merge(intervals), 40 + beyond
    left = complement(merged, length)
    assert sorted(positions(merged) + positions(left)) == list(range(length))
    assert complement(left, length) == merged


def test_the_categories_are_those_that_users_know() -> None:
    assert CATEGORIES == (
        "adult",
        "gambling",
        "pharma",
        "finance",
        "documents",
        "goods",
        "seo",
        "services",
        "piracy",
        "other",
    )

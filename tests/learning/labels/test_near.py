from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.labels.near import Groups, near_pairs


@given(st.lists(st.text(max_size=20), max_size=8))
def test_equal_texts_hang_together_whatever_they_are(texts: list[str]) -> None:
    groups = Groups(2 * len(texts))
    for left, right in near_pairs(texts + texts):
        groups.join(left, right)
    assert all(groups.of(n) == groups.of(n + len(texts)) for n in range(len(texts)))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_joined_numbers_are_of_one_group(pairs: list[tuple[int, int]]) -> None:
    groups = Groups(10)
    for left, right in pairs:
        groups.join(left, right)
    assert all(groups.of(left) == groups.of(right) for left, right in pairs)

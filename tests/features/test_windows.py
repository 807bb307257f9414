from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.features.windows import group_bounds, max_by_group, mean_between, min_by_group, running

VALUES = st.lists(st.integers(-50, 50), min_size=1, max_size=20)


@given(VALUES, st.data())
def test_a_difference_of_running_sums_is_the_sum_between(values: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values)))
    last = data.draw(st.integers(first, len(values)))
    sums = running(np.array(values))
    assert sums[last] - sums[first] == sum(values[first:last])


@given(VALUES, st.data())
def test_means_are_those_of_the_ranges_and_0_of_empty_ones(values: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values)))
    last = data.draw(st.integers(first, len(values)))
    [mean] = mean_between(running(np.array(values)), np.array([first]), np.array([last]))
    expected = sum(values[first:last]) / (last - first) if last > first else 0
    np.testing.assert_allclose(mean, expected, rtol=1e-6)


def test_means_of_matrices_are_taken_by_column() -> None:
    sums = running(np.array([[1, 10], [3, 30]]))
    np.testing.assert_array_equal(mean_between(sums, np.array([0, 1]), np.array([2, 2])), [[2, 20], [3, 30]])


@settings(deadline=None)
@given(VALUES, st.data())
def test_groups_cover_the_tokens_in_order(values: list[int], data: st.DataObject) -> None:
    starts = np.array([True, *(data.draw(st.booleans()) for _ in values[1:])])
    group, first, last = group_bounds(starts)
    array = np.array(values, dtype=np.float32)
    highest, lowest = max_by_group(array, np.flatnonzero(starts)), min_by_group(array, np.flatnonzero(starts))
    for at in range(len(values)):
        assert first[at] <= at < last[at]
        assert starts[first[at]]
        assert not starts[first[at] + 1 : last[at]].any()
        assert last[at] == len(values) or starts[last[at]]
        assert highest[group[at]] == max(values[first[at] : last[at]])
        assert lowest[group[at]] == min(values[first[at] : last[at]])

"""Sums and extremes over stretches of tokens, by running sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
# Rows that are summed at a time. A single call for all holds back every other thread, of a text of a million
# characters for seconds; these fit into the cache besides.
_ROWS = 8_192


def running(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return running sums with a zero in front: ``r[b] - r[a]`` is the sum over ``a <= i < b``."""
    sums = np.empty((len(values) + 1, *values.shape[1:]), dtype=np.float64)
    sums[0] = 0
    sums[1:] = values
    for start in range(0, len(values), _ROWS):
        # From the last sum before them on: the same additions in the same order as in a single call.
        rows = sums[start : start + _ROWS + 1]
        np.add.accumulate(rows, axis=0, out=rows)
    return sums


def mean_between(sums: NDArray[np.float64], first: Index, last: Index) -> Floats:
    """Return means over half-open ranges; 0 over empty ones."""
    count: Index = np.maximum(last - first, 1)
    total: NDArray[np.float64] = sums[last] - sums[first]
    if total.ndim == 2:
        count = count[:, None]
    return (total / count).astype(np.float32)


def max_by_group(values: Floats, group_start: Index) -> Floats:
    """Return the largest value of each group; groups are given by their first positions, ascending."""
    return np.maximum.reduceat(values, group_start) if len(values) else values


def min_by_group(values: Floats, group_start: Index) -> Floats:
    """Return the smallest value of each group; groups are given by their first positions, ascending."""
    return np.minimum.reduceat(values, group_start) if len(values) else values


def group_bounds(starts: NDArray[np.bool_]) -> tuple[Index, Index, Index]:
    """Turn flags of group starts into group numbers and half-open bounds, one entry a token.

    Parameters
    ----------
    starts
        bool, shape (t,): a group starts here; the first token always starts one.

    Returns
    -------
    (group, first, last)
        int64, shape (t,) each.
    """
    group = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(starts))
    return group, first[group], last[group]

"""Sums over stretches of tokens."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.windows import running


@pytest.mark.parametrize("shape", [(0,), (1,), (50_000,), (20_000, 3), (0, 3)])
@pytest.mark.parametrize("kind", [np.float32, np.int64, np.bool_])
def test_running_sums_are_to_the_bit_those_of_one_addition_after_another(
    shape: tuple[int, ...], kind: type[np.generic]
) -> None:
    values = (np.random.default_rng(5).normal(size=shape) * 9).astype(kind)
    expected = np.concatenate([np.zeros((1, *shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    assert np.array_equal(running(values), expected)


def longest_wait(values: NDArray[np.float32]) -> float:
    """The longest that another thread had to wait while running sums were made, as a share of that time."""
    turns: list[float] = []
    is_done = threading.Event()

    def take_turns() -> None:
        while not is_done.is_set():
            turns.append(time.perf_counter())
            time.sleep(0.001)

    other = threading.Thread(target=take_turns)
    other.start()
    while not turns:
        time.sleep(0.001)
    began = time.perf_counter()
    running(values)
    took = time.perf_counter() - began
    is_done.set()
    other.join()
    times = [began, *(turn for turn in turns if turn > began), time.perf_counter()]
    return float(max(np.diff(times))) / took


def test_a_long_text_does_not_hold_back_other_threads() -> None:
    values = np.ones((300_000, 32), dtype=np.float32)
    # Of several: the machine may have held the other thread back.
    assert min(longest_wait(values) for _ in range(3)) < 0.5

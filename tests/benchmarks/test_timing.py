from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.timing import Runs, choose_clock, fitting, speed, timed, wall_clock

from benchmarks import timing


class Clock:
    """A clock that moves only when work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The clock that measurements read."""
    found = Clock()
    monkeypatch.setitem(timing._CLOCKS, "test", found)
    choose_clock("test")
    yield found
    choose_clock("wall")


def test_the_cold_start_is_not_counted(clock: Clock) -> None:
    costs = iter([9.0, 1.0, 2.0, 3.0])

    def work() -> None:
        clock.now += next(costs)

    runs = timed(work, ["ab", "é"], seconds=100, n_runs=3)
    assert runs.seconds == (1.0, 2.0, 3.0)
    assert (runs.n_bytes, runs.n_texts, runs.median_s) == (4, 2, 2.0)
    assert runs.mb_per_s == pytest.approx(2e-6)


def test_work_stops_at_its_budget_but_is_done_once(clock: Clock) -> None:
    def work() -> None:
        clock.now += 40

    assert timed(work, ["a"], seconds=100).seconds == (40.0,)
    assert timed(work, ["a"], seconds=1).seconds == (40.0,)


def test_as_many_texts_are_chosen_as_fit_the_budget(clock: Clock) -> None:
    def work(texts: object) -> None:
        assert isinstance(texts, list)
        clock.now += len(texts) * 0.1

    texts = ["x" * 1000] * 500
    assert len(fitting(work, texts, seconds=60, n_runs=5)) == 100
    assert len(fitting(work, texts, seconds=0.001, n_runs=5)) == 1


def test_the_spread_goes_from_slowest_to_fastest() -> None:
    assert Runs((1.0, 4.0, 2.0), 4_000_000).spread == "1.00 to 4.00"


@pytest.mark.parametrize(("figure", "text"), [(0.0123, "0.012"), (1.234, "1.23"), (45.6, "46")])
def test_a_speed_is_written_with_the_digits_that_tell(figure: float, text: str) -> None:
    assert speed(figure) == text


def test_what_other_processes_do_is_timed_by_the_wall_clock_and_nothing_else_is(clock: Clock) -> None:
    with wall_clock():
        assert timing.clock() != clock.now
    assert timing.clock() == clock.now

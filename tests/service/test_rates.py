"""A caller gets a burst, and then the rate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.service import rates
from spamguard.service.rates import Rates


class Clock:
    """Tells the time that a test sets."""

    now_s = 0.0

    def __call__(self) -> float:
        """Return it."""
        return self.now_s


@given(st.integers(1, 20), st.integers(1, 20), st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_the_burst_and_the_rate(per_s: int, burst: int, pauses: list[float]) -> None:
    clock = Clock()
    limited = Rates(per_s, burst, clock)
    n_let_in = 0
    for pause in pauses:
        clock.now_s += pause
        n_let_in += not limited.wait_s("one")
        assert n_let_in <= burst + clock.now_s * per_s + 1e-6


@given(st.integers(1, 20), st.integers(1, 20))
def test_who_waits_as_told_is_let_in(per_s: int, burst: int) -> None:
    clock = Clock()
    limited = Rates(per_s, burst, clock)
    assert [limited.wait_s("one") for _ in range(burst)] == [0] * burst
    wait_s = limited.wait_s("one")
    assert wait_s >= 1
    clock.now_s += wait_s
    assert limited.wait_s("one") == 0


def test_callers_do_not_pay_for_each_other() -> None:
    limited = Rates(1, 1, Clock())
    assert [limited.wait_s(key) for key in ("one", "other", "one")] == [0, 0, 1]


def test_no_rate_limits_nobody() -> None:
    limited = Rates(0, 1, Clock())
    assert not any(limited.wait_s("one") for _ in range(100))


def test_as_many_callers_as_there_are_addresses_take_no_more_memory() -> None:
    limited = Rates(1, 1, Clock())
    for number in range(rates.MAX_CALLERS + 10):
        limited.wait_s(str(number))
    assert limited.wait_s(str(number)) == 1
    # The one longest silent is forgotten, and has a full bucket again.
    assert limited.wait_s("0") == 0

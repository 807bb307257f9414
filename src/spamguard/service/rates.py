"""How often one caller may call."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

# Callers that are remembered; beyond it the one longest silent, whose bucket is full again, is forgotten.
MAX_CALLERS = 10_000


class Rates:
    """A bucket for each caller, that requests empty and time fills.

    Parameters
    ----------
    per_s
        Requests a second that fill the bucket; 0 limits nobody.
    burst
        Requests that a full bucket holds.
    clock
        Gives seconds.

    Examples
    --------
    >>> rates = Rates(2, 1, clock=lambda: 0.0)
    >>> rates.wait_s("one"), rates.wait_s("one"), rates.wait_s("other")
    (0, 1, 0)
    """

    def __init__(self, per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Count a request; return 0, or the whole seconds after which it would be let in."""
        if not self._per_s:
            return 0
        now = self._clock()
        level, then = self._buckets.get(key, (float(self._burst), now))
        level = min(self._burst, level + (now - then) * self._per_s)
        is_let_in = level >= 1
        self._buckets[key] = (level - is_let_in, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        return 0 if is_let_in else math.ceil((1 - level) / self._per_s)

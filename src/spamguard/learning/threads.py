"""Keeps linear algebra to one thread."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which linear algebra runs in one thread.

    Threads that wait for each other's share of a small product took fourteen times the processor time
    (training/few_shot/README.md); and where sums are split by the number of cores, their last digits depend
    on the machine.

    Examples
    --------
    >>> with one_thread():
    ...     1 + 1
    2
    """
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits

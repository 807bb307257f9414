"""Work done in several processes, always in order."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any, TypeVar

from spamguard.errors import SpamguardError

# Batches that wait for each worker: enough that none is idle, few enough to hold.
_WAITING = 2
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Batch = TypeVar("Batch")
Cargo = TypeVar("Cargo")
Done = TypeVar("Done")
_works: list[Callable[[Any], Any]] = []


def n_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_to_one_core() -> None:
    """Let none of this process's array libraries start threads; to be called before one is imported.

    Workers share the cores, and arrays as small as ours gain next to nothing from a second one. What the
    user has set stays.
    """
    for name in _THREAD_SETTINGS:
        os.environ.setdefault(name, "1")


def in_order(
    make_work: Callable[[], Callable[[Cargo], Done]],
    batches: Iterable[Batch],
    cargo_of: Callable[[Batch], Cargo],
    *,
    number: int,
) -> Iterator[tuple[Batch, Done]]:
    """Yield batches with what was made of them, in order; no more are read than are on their way.

    Parameters
    ----------
    make_work
        Returns what does the work; called once in each process, and not before it is needed. It travels
        to the processes, so that it must be importable there.
    batches
        The batches.
    cargo_of
        Returns what of a batch the work is done on; it travels to a process.
    number
        How many processes; with 1 all happens in this one.

    Raises
    ------
    SpamguardError
        If a process dies.
    """
    source = iter(batches)
    # A single batch is not worth starting processes for.
    first = list(islice(source, 2)) if number > 1 else []
    if len(first) > 1:
        yield from _elsewhere(make_work, chain(first, source), cargo_of, number)
        return
    work: Callable[[Cargo], Done] | None = None
    for batch in chain(first, source):
        work = work or make_work()
        yield batch, work(cargo_of(batch))


def _elsewhere(
    make_work: Callable[[], Callable[[Cargo], Done]],
    batches: Iterable[Batch],
    cargo_of: Callable[[Batch], Cargo],
    number: int,
) -> Iterator[tuple[Batch, Done]]:
    """Do the work in other processes."""
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    pool = ProcessPoolExecutor(number, context, initializer=_start, initargs=(make_work,))
    waiting: deque[tuple[Batch, Future[Done]]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(_do, cargo_of(batch))))
            if len(waiting) > _WAITING * number:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    except BrokenProcessPool:
        raise SpamguardError("a worker died, perhaps for want of memory: the same command goes on") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start(make_work: Callable[[], Callable[[Any], Any]]) -> None:
    """Make a process ready."""
    keep_to_one_core()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _works.append(make_work())


def _end_with_parent() -> None:
    """End this process when the run that started it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(cargo: Any) -> Any:  # noqa: ANN401  (whatever the work is done on)
    """Do the work in a process."""
    return _works[0](cargo)

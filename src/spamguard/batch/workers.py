"""Cleaning in this process or in several, always in order."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

from spamguard.batch.answers import Answer, Cleaner, Task, answer_all
from spamguard.errors import SpamguardError

# Batches that wait for each worker: enough that none is idle, few enough to hold.
_WAITING = 2
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Batch = TypeVar("Batch")
_cleaners: list[tuple[Cleaner, float | None]] = []


def n_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Answers batches of units.

    Parameters
    ----------
    make_cleaner
        Returns what cleans; called once in each process, and not before it is needed. It travels to
        the processes, so that it must be importable there.
    number
        How many processes; with 1 all happens in this one.
    max_removed
        As for :func:`spamguard.batch.answers.answer_all`.

    Examples
    --------
    >>> Workers(lambda: lambda texts: []).number
    1
    """

    def __init__(
        self, make_cleaner: Callable[[], Cleaner], *, number: int = 1, max_removed: float | None = None
    ) -> None:
        self.number = number
        self._make_cleaner = make_cleaner
        self._max_removed = max_removed
        self._cleaner: Cleaner | None = None

    def answers(
        self, batches: Iterable[Batch], tasks_of: Callable[[Batch], Sequence[Task]]
    ) -> Iterator[tuple[Batch, list[Answer]]]:
        """Yield each batch with its answers, in order; no more batches are read than are on their way.

        Parameters
        ----------
        batches
            The batches.
        tasks_of
            Returns the units of one.

        Raises
        ------
        SpamguardError
            If a worker dies.
        """
        source = iter(batches)
        # A single batch is not worth starting processes for.
        first = list(islice(source, 2)) if self.number > 1 else []
        if len(first) > 1:
            yield from self._elsewhere(chain(first, source), tasks_of)
            return
        for batch in chain(first, source):
            yield batch, self._here(tasks_of(batch))

    def _here(self, tasks: Sequence[Task]) -> list[Answer]:
        """Answer units in this process."""
        if self._cleaner is None:
            self._cleaner = self._make_cleaner()
        return answer_all(self._cleaner, tasks, self._max_removed)

    def _elsewhere(
        self, batches: Iterable[Batch], tasks_of: Callable[[Batch], Sequence[Task]]
    ) -> Iterator[tuple[Batch, list[Answer]]]:
        """Answer units in worker processes."""
        context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
        pool = ProcessPoolExecutor(
            self.number, context, initializer=_start, initargs=(self._make_cleaner, self._max_removed)
        )
        waiting: deque[tuple[Batch, Future[list[Answer]]]] = deque()
        try:
            for batch in batches:
                tasks = [replace(task, unit=replace(task.unit, aside=None)) for task in tasks_of(batch)]
                waiting.append((batch, pool.submit(_work, tasks)))
                if len(waiting) > _WAITING * self.number:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        except BrokenProcessPool:
            raise SpamguardError(
                "a worker died, perhaps for want of memory: the same command goes on"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _start(make_cleaner: Callable[[], Cleaner], max_removed: float | None) -> None:
    """Make a worker ready."""
    # Workers share the cores: none may take several for its arrays.
    for name in _THREAD_SETTINGS:
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _cleaners.append((make_cleaner(), max_removed))


def _end_with_parent() -> None:
    """End this worker when the run that started it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(tasks: Sequence[Task]) -> list[Answer]:
    """Answer units in a worker."""
    clean, max_removed = _cleaners[0]
    return answer_all(clean, tasks, max_removed)

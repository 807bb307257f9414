"""Threads that clean, behind a queue that refuses at once when it is full."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from spamguard.service.problems import ProblemError

Answer = TypeVar("Answer")


class Workers:
    """Threads with a bounded queue that refuses at once when it is full.

    Parameters
    ----------
    n_threads
        Tasks that run at the same time.
    n_waiting
        Tasks that may wait for a thread.
    retry_after_s
        Seconds after which a refused caller is asked to come back.
    limit_s
        Seconds that a task may take, its waiting included.

    Examples
    --------
    >>> workers = Workers(1, 0, 1)
    >>> asyncio.run(workers.run(lambda: "done"))
    'done'
    >>> workers.close()
    """

    def __init__(self, n_threads: int, n_waiting: int, retry_after_s: int, limit_s: float = 60) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="spamguard-work")
        self._n_places = n_threads + n_waiting
        self._n_taken = 0
        self._lock = threading.Lock()
        self._retry_after_s = retry_after_s
        self._limit_s = limit_s

    @property
    def n_taken(self) -> int:
        """Tasks that run or wait."""
        return self._n_taken

    async def run(self, task: Callable[[], Answer]) -> Answer:
        """Run a task in a thread and return its answer.

        Parameters
        ----------
        task
            Whatever it raises is raised here.

        Raises
        ------
        ProblemError
            503 if no place is free, or if the task takes too long.
        """
        if not self._take():
            raise self._refusal("busy", "All places in the queue are taken")
        return await self._finish(self._submit(task))

    async def run_in_turn(self, task: Callable[[], Answer]) -> Answer:
        """Run a task of a stream, which waits for a thread however full the queue is.

        A stream has one task at a time, and the number of requests is bounded: so is the queue.

        Raises
        ------
        ProblemError
            503 if the task takes too long.
        """
        with self._lock:
            self._n_taken += 1
        return await self._finish(self._submit(task))

    def offer(self, task: Callable[[], object]) -> bool:
        """Run a task some time if a place is free; say whether one was."""
        if not self._take():
            return False
        self._submit(task)
        return True

    def close(self) -> None:
        """Let what was taken finish, and end the threads."""
        self._pool.shutdown()

    def _take(self) -> bool:
        """Take a place if one is free."""
        with self._lock:
            if self._n_taken >= self._n_places:
                return False
            self._n_taken += 1
            return True

    def _free(self, _: Future[Answer]) -> None:
        """Give a place back."""
        with self._lock:
            self._n_taken -= 1

    def _submit(self, task: Callable[[], Answer]) -> Future[Answer]:
        """Hand a task to the threads."""
        future = self._pool.submit(task)
        # Freed by the task's own end, not by the waiter's: a request given up still holds its thread.
        future.add_done_callback(self._free)
        return future

    async def _finish(self, future: Future[Answer]) -> Answer:
        """Wait for a task; one that has not begun in time never will."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            # Older Pythons know a task's own TimeoutError by the same name.
            if future.done() and not future.cancelled():
                raise
            raise self._refusal("too-slow", f"The work was not done in {self._limit_s} s") from None

    def _refusal(self, kind: str, detail: str) -> ProblemError:
        """Return the answer to a caller who should come back."""
        return ProblemError(503, kind, detail, headers={"Retry-After": str(self._retry_after_s)})

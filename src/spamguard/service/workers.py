"""Threads that clean, behind a queue that refuses at once when it is full."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from spamguard.service.problems import ProblemError

Answer = TypeVar("Answer")
# What waits is done together up to these. Beyond 16 texts of 3 kB a call gets hardly cheaper for each, and
# nobody is to wait long for the others' texts.
TOGETHER_TASKS, TOGETHER_BYTES = 16, 64 * 1024


@dataclass(slots=True, eq=False)
class _Task:
    """Work that waits or runs.

    Parameters
    ----------
    run
        From the bodies of this task and of those done with it to their answers, or why there is none.
    body
        What it is to be run on.
    kind
        Tasks of an equal kind can be done together; one of no kind is done alone.
    future
        Where its answer is waited for; nowhere if None.
    is_in_turn
        Whether it waits however full the queue is, and takes no place of those that do not.
    has_begun
        Whether a thread has taken it.
    """

    run: Callable[[Sequence[bytes]], Sequence[Any]]
    body: bytes = b""
    kind: object = None
    future: asyncio.Future[Any] | None = None
    is_in_turn: bool = False
    has_begun: bool = False


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
    True
    """

    def __init__(self, n_threads: int, n_waiting: int, retry_after_s: int, limit_s: float = 60) -> None:
        self._n_threads, self._n_places = n_threads, n_threads + n_waiting
        self._retry_after_s, self._limit_s = retry_after_s, limit_s
        self._n_taken = self._n_in_turn = self._n_idle = 0
        self._is_closed = False
        self._queue: deque[_Task] = deque()
        self._threads: list[threading.Thread] = []
        # Reentrant: a waiter that is collected as garbage gives its task up wherever that happens.
        self._lock = threading.RLock()
        self._something = threading.Condition(self._lock)

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
        answer: Answer = await self._finish(_Task(_alone(task)))
        return answer

    async def run_together(
        self, task: Callable[[Sequence[bytes]], Sequence[Answer | Exception]], body: bytes, *, kind: object
    ) -> Answer:
        """Run a task in a thread on a body, and on those that wait with it: many cost less than each.

        Parameters
        ----------
        task
            From bodies to the answer of each, or what is to be raised where it is waited for.
        body
            The body.
        kind
            Bodies whose kinds are equal may be given to one of their tasks.

        Raises
        ------
        ProblemError
            As :meth:`run`.
        """
        answer: Answer = await self._finish(_Task(task, body, kind))
        return answer

    async def run_in_turn(self, task: Callable[[], Answer]) -> Answer:
        """Run a task of a stream, which waits for a thread however full the queue is.

        A stream has one task at a time, and the number of requests is bounded: so is the queue. These tasks
        take none of its places, or a few dozen streams would leave nobody else one.

        Raises
        ------
        ProblemError
            503 if the task takes too long.
        """
        answer: Answer = await self._finish(_Task(_alone(task), is_in_turn=True))
        return answer

    def offer(self, task: Callable[[], object]) -> bool:
        """Run a task some time if a place is free; say whether one was."""
        return self._submit(_Task(_alone(task)))

    def close(self, limit_s: float | None = None) -> bool:
        """Let what was taken finish, and end the threads; say whether they have ended.

        Parameters
        ----------
        limit_s
            Seconds after which they are left to themselves; they end with the process. None waits.
        """
        with self._lock:
            self._is_closed = True
            self._something.notify_all()
        end = time.monotonic() + (limit_s or 0)
        for thread in self._threads:
            thread.join(None if limit_s is None else max(0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    async def _finish(self, task: _Task) -> Any:  # noqa: ANN401  (any answer)
        """Wait for a task; one that has not begun in time, or is given up before, never will."""
        loop = asyncio.get_running_loop()
        task.future = loop.create_future()
        if not self._submit(task):
            raise self._refusal("busy", "All places in the queue are taken")
        alarm = loop.call_later(self._limit_s, self._give_up, task.future)
        try:
            return await task.future
        finally:
            alarm.cancel()
            if not task.has_begun:
                self._forget(task)

    def _give_up(self, future: asyncio.Future[Any]) -> None:
        """Tell whoever waits for a task that it takes too long."""
        _settle([(future, self._refusal("too-slow", f"The work was not done in {self._limit_s} s"))])

    def _submit(self, task: _Task) -> bool:
        """Put a task into the queue if a place is free; say whether one was."""
        with self._lock:
            is_full = self._n_taken - self._n_in_turn >= self._n_places
            if self._is_closed or (is_full and not task.is_in_turn):
                return False
            self._count(1, task)
            self._queue.append(task)
            self._something.notify()
            # As they are needed: who keeps no feedback needs no thread for it.
            if len(self._queue) > self._n_idle and len(self._threads) < self._n_threads:
                thread = threading.Thread(target=self._work, name="spamguard-work", daemon=True)
                self._threads.append(thread)
                thread.start()
        return True

    def _forget(self, task: _Task) -> None:
        """Take a task that nobody waits for any more out of the queue, if it is still there."""
        with self._lock, suppress(ValueError):
            self._queue.remove(task)
            self._count(-1, task)

    def _count(self, change: int, *tasks: _Task) -> None:
        """Count tasks that were taken, or that are done with."""
        self._n_taken += change * len(tasks)
        self._n_in_turn += change * sum(task.is_in_turn for task in tasks)

    def _work(self) -> None:
        """Do what is in the queue until it is empty and closed; a thread's whole life."""
        while tasks := self._next():
            try:
                answers = tasks[0].run([task.body for task in tasks])
            except (
                BaseException
            ) as error:  # A panic of a library in Rust is no Exception, and must end no thread.
                answers = [error] * len(tasks)
            # Freed by the tasks' own end, not by the waiters': a request given up still holds its thread.
            with self._lock:
                self._count(-1, *tasks)
            _deliver(tasks, answers)
            # Not kept in memory until the next ones come.
            del tasks, answers

    def _next(self) -> list[_Task]:
        """Wait for a task, and take it with those behind it that can be done together; none at the end."""
        with self._lock:
            while not self._queue and not self._is_closed:
                self._n_idle += 1
                self._something.wait()
                self._n_idle -= 1
            tasks: list[_Task] = []
            n_bytes = 0
            while self._queue and len(tasks) < TOGETHER_TASKS:
                task = self._queue[0]
                n_bytes += len(task.body)
                if tasks and (task.kind is None or task.kind != tasks[0].kind or n_bytes > TOGETHER_BYTES):
                    break
                tasks.append(self._queue.popleft())
                task.has_begun = True
            return tasks

    def _refusal(self, kind: str, detail: str) -> ProblemError:
        """Return the answer to a caller who should come back."""
        return ProblemError(503, kind, detail, headers={"Retry-After": str(self._retry_after_s)})


def _alone(task: Callable[[], Answer]) -> Callable[[Sequence[bytes]], list[Answer]]:
    """Return a task that takes no body as one that does."""
    return lambda _: [task()]


def _deliver(tasks: Sequence[_Task], answers: Sequence[object]) -> None:
    """Give the answers to whoever waits for them, each loop woken once."""
    waiting: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], object]]] = {}
    for task, answer in zip(tasks, answers, strict=True):
        if task.future:
            waiting.setdefault(task.future.get_loop(), []).append((task.future, answer))
    for loop, settled in waiting.items():
        # A loop that has ended waits for nothing.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, settled)


def _settle(answers: Sequence[tuple[asyncio.Future[Any], object]]) -> None:
    """Give answers to those who still wait for them."""
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)

"""Work that takes too long is given up, and what has not begun never does."""

from __future__ import annotations

import asyncio
import threading

import pytest

from spamguard.service.problems import ProblemError
from spamguard.service.workers import Workers


def test_work_that_takes_too_long_is_a_503_and_what_waited_behind_it_never_begins() -> None:
    workers = Workers(n_threads=1, n_waiting=1, retry_after_s=3, limit_s=0.05)
    release = threading.Event()
    begun: list[str] = []

    async def crowd() -> list[BaseException | None]:
        tasks = [workers.run(release.wait), workers.run(lambda: begun.append("second"))]
        return await asyncio.gather(*tasks, return_exceptions=True)  # type: ignore[return-value]

    problems = asyncio.run(crowd())
    release.set()
    workers.close()
    for problem in problems:
        assert isinstance(problem, ProblemError)
        assert (problem.status, problem.kind, problem.headers) == (503, "too-slow", {"Retry-After": "3"})
    assert begun == []
    assert workers.n_taken == 0


def test_a_tasks_own_timeout_is_its_own() -> None:
    workers = Workers(1, 0, 1)

    def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        asyncio.run(workers.run(fail))
    workers.close()


def test_a_stream_waits_where_others_are_refused() -> None:
    workers = Workers(n_threads=1, n_waiting=0, retry_after_s=1)
    release = threading.Event()

    async def crowd() -> list[object]:
        first = asyncio.create_task(workers.run(release.wait))
        await asyncio.sleep(0)
        turn = asyncio.create_task(workers.run_in_turn(lambda: "in turn"))
        await asyncio.sleep(0)
        assert workers.n_taken == 2
        assert not workers.offer(lambda: None)
        release.set()
        return [await first, await turn]

    assert asyncio.run(crowd()) == [True, "in turn"]
    workers.close()

"""What waits is done together; work that takes too long is given up, and what has not begun never does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from spamguard.service.problems import ProblemError
from spamguard.service.workers import TOGETHER_BYTES, TOGETHER_TASKS, Workers


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


def sizes_of_calls(bodies: Sequence[bytes], kinds: Sequence[object]) -> list[int]:
    """How many bodies each call got, where all of them had waited for the one thread."""
    workers = Workers(n_threads=1, n_waiting=len(bodies), retry_after_s=1)
    release = threading.Event()
    sizes: list[int] = []

    def task(together: Sequence[bytes]) -> list[bytes]:
        sizes.append(len(together))
        return [body.upper() for body in together]

    async def crowd() -> list[bytes]:
        first = asyncio.create_task(workers.run(release.wait))
        waiting = [
            asyncio.create_task(workers.run_together(task, body, kind=kind))
            for body, kind in zip(bodies, kinds, strict=True)
        ]
        await asyncio.sleep(0)
        release.set()
        await first
        return await asyncio.gather(*waiting)

    assert asyncio.run(crowd()) == [body.upper() for body in bodies]
    workers.close()
    assert workers.n_taken == 0
    return sizes


def test_streams_leave_the_others_their_places() -> None:
    async def ask() -> list[str]:
        workers, is_free = Workers(1, 1, 1), threading.Event()
        try:
            streams = [asyncio.create_task(workers.run_in_turn(is_free.wait)) for _ in range(9)]
            await asyncio.sleep(0)
            others = [asyncio.create_task(workers.run(lambda: "done")) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(ProblemError, match="All places"):
                await workers.run(lambda: "one too many")
            assert workers.n_taken == 11
            is_free.set()
            await asyncio.gather(*streams)
            return await asyncio.gather(*others)
        finally:
            is_free.set()
            workers.close()

    assert asyncio.run(ask()) == ["done", "done"]


def test_what_waits_is_done_together_up_to_a_bound_and_each_gets_its_own_answer() -> None:
    bodies = [b"%d a" % number for number in range(TOGETHER_TASKS + 3)]
    assert sizes_of_calls(bodies, ["same"] * len(bodies)) == [TOGETHER_TASKS, 3]
    assert sizes_of_calls([b"a", b"b", b"c"], ["one", "other", "other"]) == [1, 2]


def test_nobody_waits_for_a_long_body_of_another() -> None:
    bodies = [b"a", b"b" * TOGETHER_BYTES, b"c", b"d"]
    assert sizes_of_calls(bodies, ["same"] * 4) == [1, 1, 2]


def test_of_what_is_done_together_each_has_its_own_failure() -> None:
    workers = Workers(n_threads=1, n_waiting=2, retry_after_s=1)

    async def ask(body: bytes) -> bytes:
        def task(bodies: Sequence[bytes]) -> list[bytes | Exception]:
            return [KeyError(body.decode()) if body == b"bad" else body for body in bodies]

        return await workers.run_together(task, body, kind="same")

    async def crowd() -> list[bytes | BaseException]:
        return await asyncio.gather(*map(ask, (b"good", b"bad", b"better")), return_exceptions=True)

    good, bad, better = asyncio.run(crowd())
    workers.close()
    assert (good, better) == (b"good", b"better")
    assert isinstance(bad, KeyError)


def test_no_failure_ends_a_thread() -> None:
    workers = Workers(n_threads=1, n_waiting=0, retry_after_s=1)

    class Panic(BaseException):
        """What a library in another language raises when it gives up."""

    def fail() -> None:
        raise Panic

    async def ask() -> str:
        with pytest.raises(Panic):
            await workers.run(fail)
        return await workers.run(lambda: "still here")

    assert asyncio.run(asyncio.wait_for(ask(), 10)) == "still here"
    workers.close()

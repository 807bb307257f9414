"""Cleaning in this process or in several, always in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from spamguard.batch.answers import Answer, Cleaner, Task, answer_all
from spamguard.batch.processes import in_order

Batch = TypeVar("Batch")


class _Answering:
    """Makes what answers the units of a batch.

    Parameters
    ----------
    make_cleaner, max_removed
        As for :class:`Workers`.
    """

    def __init__(self, make_cleaner: Callable[[], Cleaner], max_removed: float | None) -> None:
        self._make_cleaner, self._max_removed = make_cleaner, max_removed

    def __call__(self) -> Callable[[Sequence[Task]], list[Answer]]:
        """Make it."""
        return partial(_answered, self._make_cleaner(), self._max_removed)


def _answered(clean: Cleaner, max_removed: float | None, tasks: Sequence[Task]) -> list[Answer]:
    """Answer units; where the work is done, what they tell is put into words too."""
    answers = answer_all(clean, tasks, max_removed)
    return [replace(answer, told=answer.to_json()) for answer in answers]


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
        self._make_work = _Answering(make_cleaner, max_removed)

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

        def cargo_of(batch: Batch) -> list[Task]:
            return [replace(task, unit=replace(task.unit, aside=None)) for task in tasks_of(batch)]

        yield from in_order(self._make_work, batches, cargo_of, number=self.number)

"""The model that serves, the threads that clean with it, and how another takes its place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import spamguard
from spamguard.cleaner import Guard
from spamguard.errors import ArtefactError
from spamguard.service.problems import ProblemError
from spamguard.service.settings import Settings
from spamguard.service.workers import Workers

Answer = TypeVar("Answer")
PROBE = "The council met on Monday and voted for the new budget."

_log = logging.getLogger("spamguard.service")


@dataclass(frozen=True, slots=True)
class _Running:
    """What an engine has only while it runs."""

    guard: Guard
    workers: Workers


class Engine:
    """Cleans off the event loop while it runs, and refuses while it does not.

    Parameters
    ----------
    settings
        Limits, and the model to load.
    guard
        A guard that is loaded already, in place of the settings' model.
    on_model
        Told the name of each model that begins to serve, or None of one that was refused.

    Examples
    --------
    >>> engine = Engine(Settings())
    >>> async def answer() -> str:
    ...     async with engine.running():
    ...         return await engine.run(lambda guard: guard.clean("The council met.").text)
    >>> asyncio.run(answer())
    'The council met.'
    """

    def __init__(
        self,
        settings: Settings,
        guard: Guard | None = None,
        on_model: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._given = guard
        self._on_model = on_model
        self._running: _Running | None = None
        self._is_reloading = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load the model and keep the threads; at the end let them finish what they took.

        Raises
        ------
        ArtefactError
            If the model cannot be loaded.
        """
        settings = self._settings
        guard = self._given
        if guard is None:
            guard = await asyncio.to_thread(spamguard.load, settings.model)
        workers = Workers(settings.n_threads, settings.n_waiting, settings.retry_after_s, settings.clean_s)
        self._running = _Running(guard, workers)
        self._on_model(guard.model_id)
        try:
            yield
        finally:
            self._running = None
            await asyncio.to_thread(workers.close)

    @property
    def guard(self) -> Guard:
        """The guard that serves.

        Raises
        ------
        ProblemError
            503 if none is loaded.
        """
        return self._now().guard

    @property
    def workers(self) -> Workers:
        """The threads that clean.

        Raises
        ------
        ProblemError
            503 if the engine does not run.
        """
        return self._now().workers

    @property
    def n_taken(self) -> int:
        """Tasks that run or wait; none while the engine does not run."""
        return self._running.workers.n_taken if self._running else 0

    async def run(self, task: Callable[[Guard], Answer]) -> Answer:
        """Run a task in a thread, with the guard that serves now.

        The JSON of a long text is to be read and written there too: it would hold up the event loop as
        cleaning does.

        Raises
        ------
        ProblemError
            If the queue is full, the task takes too long, or no model is loaded.
        """
        running = self._now()
        return await running.workers.run(lambda: task(running.guard))

    async def run_together(
        self, task: Callable[[Guard, Sequence[bytes]], Sequence[Answer | Exception]], body: bytes
    ) -> Answer:
        """Run a task in a thread on a body, and on those that wait for the same task and guard.

        Parameters
        ----------
        task
            From bodies to the answer of each, or what is to be raised in its place.
        body
            The body.

        Raises
        ------
        ProblemError
            As :meth:`run`.
        """
        guard, workers = self.guard, self.workers
        return await workers.run_together(lambda bodies: task(guard, bodies), body, kind=(task, guard))

    async def run_in_turn(self, task: Callable[[Guard], Answer]) -> Answer:
        """Run a task of a stream, which waits where others are refused.

        Raises
        ------
        ProblemError
            If the task takes too long, or no model is loaded.
        """
        running = self._now()
        return await running.workers.run_in_turn(lambda: task(running.guard))

    async def reload(self) -> str:
        """Load the settings' model anew and let it serve; return its name.

        What is being cleaned is cleaned by the old one. A model that cannot be loaded or cannot clean
        does not get to serve.

        Raises
        ------
        ProblemError
            409 if the model is refused or another is being loaded, 503 if the engine does not run.
        """
        self._now()
        if self._is_reloading:
            raise ProblemError(409, "reload-under-way", "Another model is being loaded")
        self._is_reloading = True
        try:
            guard = await asyncio.to_thread(self._load)
        except ArtefactError as error:
            self._on_model(None)
            _log.error("the new model was refused, the old one serves on: %s", error)
            raise ProblemError(409, "model-refused", f"The old model serves on: {error}") from None
        finally:
            self._is_reloading = False
        self._running = replace(self._now(), guard=guard)
        self._on_model(guard.model_id)
        _log.info("another model serves", extra={"fields": {"model": guard.model_id}})
        return guard.model_id

    def _load(self) -> Guard:
        """Load the settings' model and try it."""
        guard = spamguard.load(self._settings.model)
        try:
            guard.clean(PROBE)
        except Exception as error:
            raise ArtefactError(f"the model fails to clean a sentence: {type(error).__name__}") from None
        return guard

    def _now(self) -> _Running:
        """Return what runs, or refuse."""
        if self._running is None:
            headers = {"Retry-After": str(self._settings.retry_after_s)}
            raise ProblemError(503, "not-ready", "No model is loaded", headers=headers)
        return self._running

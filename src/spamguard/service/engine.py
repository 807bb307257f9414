"""The model that serves and the threads that clean with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import spamguard
from spamguard.cleaner import Guard
from spamguard.errors import InputError
from spamguard.result import CleanResult
from spamguard.service.limits import Workers
from spamguard.service.problems import Fault, ProblemError, invalid_request
from spamguard.service.settings import Settings
from spamguard.service.wire import CleanRequest, read_clean_request, write_clean_reply


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

    Examples
    --------
    >>> engine = Engine(Settings())
    >>> async def answer() -> bytes:
    ...     async with engine.running():
    ...         return await engine.clean(b'{"text": "The council met on Monday."}')
    >>> asyncio.run(answer())[:38]
    b'{"text":"The council met on Monday.","'
    """

    def __init__(self, settings: Settings, guard: Guard | None = None) -> None:
        self._settings = settings
        self._given = guard
        self._running: _Running | None = None

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
        workers = Workers(settings.n_threads, settings.n_waiting, settings.retry_after_s)
        self._running = _Running(guard, workers)
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

    async def clean(self, body: bytes) -> bytes:
        """Answer the body of `POST /clean`.

        Parameters
        ----------
        body
            The request's body as it came.

        Raises
        ------
        ProblemError
            If the body is refused, the queue is full, or no model is loaded.
        """
        running = self._now()

        def answer() -> bytes:
            request = read_clean_request(body, self._settings.max_text_chars)
            return write_clean_reply(_clean(running.guard, request), running.guard.model_id)

        # The JSON of a long text is read and written there too: it would hold up the loop as cleaning does.
        return await running.workers.run(answer)

    def _now(self) -> _Running:
        """Return what runs, or refuse."""
        if self._running is None:
            headers = {"Retry-After": str(self._settings.retry_after_s)}
            raise ProblemError(503, "not-ready", "No model is loaded", headers=headers)
        return self._running


def _clean(guard: Guard, request: CleanRequest) -> CleanResult:
    """Clean as the request asks; what the request allows, a model of one's own may still not know."""
    try:
        return guard.clean(request.text, threshold=request.threshold, profile=request.profile)
    except InputError:
        raise invalid_request([Fault("#/profile", "is not one of the model's; see GET /model")]) from None

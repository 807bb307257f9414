"""The store of feedback off the event loop: one thread, a bounded queue, and a fresh start after a fault."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from typing import Any, TypeVar

from spamguard.cleaner import Guard
from spamguard.service.databases import CONNECT_S, STATEMENT_S, Database, database_at
from spamguard.service.problems import ProblemError
from spamguard.service.queued import MAX_QUEUED_SPANS, read_queued
from spamguard.service.settings import Settings
from spamguard.service.store import Store, StoreFullError
from spamguard.service.verdicts import read_verdict, text_id
from spamguard.service.watching import Cleaned
from spamguard.service.wire import Options, write_json
from spamguard.service.workers import Workers

Answer = TypeVar("Answer")
N_WAITING = 256
# Longer texts are not queued: the page lists whole texts, and a person judges them.
MAX_QUEUED_CHARS = 50_000
# Seconds in which what was taken is finished at the end: a database that hangs must not hold the process.
CLOSE_S = CONNECT_S + STATEMENT_S

_log = logging.getLogger("spamguard.service")


class Feedback:
    """Keeps verdicts and the queue of uncertain texts while the service runs.

    Parameters
    ----------
    settings
        Where they are kept, and how many. Nothing is opened before it is needed.

    Raises
    ------
    MissingExtraError
        If the database's library is not installed.

    Examples
    --------
    >>> import asyncio
    >>> feedback = Feedback(Settings(feedback="sqlite::memory:"))
    >>> body = b'{"text": "an ad", "start": 3, "end": 5, "quote": "ad", "verdict": "missed"}'
    >>> len(asyncio.run(feedback.add(body)))
    32
    >>> feedback.close()
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database: Database | None = None
        if settings.feedback != "off":
            self._database = database_at(settings.feedback)
        self._store: Store | None = None
        self._workers = Workers(1, N_WAITING, settings.retry_after_s, settings.clean_s)

    async def add(self, body: bytes) -> str:
        """Keep the verdict that a body holds, and return its name.

        Raises
        ------
        ProblemError
            If the body is refused, or the store is full or out of reach.
        """

        def add(store: Store) -> str:
            return store.add(read_verdict(body, self._settings.max_text_chars))

        try:
            return await self._run(add)
        except StoreFullError:
            detail = f"{self._settings.max_feedback} verdicts are kept; export and delete some"
            raise ProblemError(507, "feedback-full", detail) from None

    async def delete(self, name: str) -> None:
        """Take a verdict back.

        Raises
        ------
        ProblemError
            404 if there is none of the name.
        """
        if not await self._run(lambda store: store.delete(name)):
            raise ProblemError(404, "not-found", "No verdict has this id")

    async def first_page(self) -> list[dict[str, Any]]:
        """Return the first labels, so that a store out of reach is refused before an answer begins."""
        return await self._run(lambda store: store.page())

    async def lines(self, page: list[dict[str, Any]]) -> AsyncIterator[bytes]:
        """Yield all labels from a first page on, each as a line of JSON."""
        while page:
            for label in page:
                yield write_json(label) + b"\n"
            after = page[-1]["id"]
            page = await self._run(lambda store, after=after: store.page(after))  # type: ignore[misc]

    async def queued(self, limit: int) -> list[dict[str, Any]]:
        """Return the texts that wait for a verdict, the newest first."""
        if not self._settings.review_queue:
            return []
        return await self._run(lambda store: store.queued(limit))

    async def dequeue(self, name: str) -> None:
        """Take a text out of the queue.

        Raises
        ------
        ProblemError
            404 if it is not there.
        """
        if not await self._run(lambda store: store.dequeue(name)):
            raise ProblemError(404, "not-found", "No text in the queue has this id")

    def consider(self, cleaned: Cleaned) -> None:
        """Queue a text for review if the operator wants that and a span of it is uncertain."""
        text = cleaned.text
        if not self._settings.review_queue or self._database is None or len(text) > MAX_QUEUED_CHARS:
            return
        spans = _uncertain(cleaned, self._settings.review_margin)
        if spans:
            # Cleaning does not wait for it: when the store is slow, some texts are not queued.
            self._workers.offer(lambda: self._enqueue(text, spans))

    async def enqueue(self, body: bytes) -> str:
        """Queue the text that a body holds, and return its name.

        Raises
        ------
        ProblemError
            If the body is refused, there is no queue, or the store is out of reach.
        """
        if not self._settings.review_queue:
            raise ProblemError(404, "queue-off", "This service keeps no texts for review")

        def enqueue(store: Store) -> str:
            text, spans = read_queued(body, MAX_QUEUED_CHARS)
            store.enqueue(text, spans)
            return text_id(text)

        return await self._run(enqueue)

    def close(self) -> None:
        """Finish what was taken, and close the store; one that hangs is left to the end of the process."""
        if not self._workers.close(CLOSE_S):
            _log.warning("the feedback store hangs: what waited for it is not kept")
        elif self._store:
            self._store.close()

    def _enqueue(self, text: str, spans: list[dict[str, Any]]) -> None:
        """Queue a text; what is wrong is logged, as nobody waits for an answer."""
        try:
            self._with_store(lambda store: store.enqueue(text, spans))
        except ProblemError as problem:
            _log.warning("a text could not be queued for review: %s", problem.detail)

    async def _run(self, task: Callable[[Store], Answer]) -> Answer:
        """Run a task in the store's thread."""
        return await self._workers.run(lambda: self._with_store(task))

    def _with_store(self, task: Callable[[Store], Answer]) -> Answer:
        """Run a task on the store; after a fault once more on a new connection, as all tasks may be."""
        if self._database is None:
            raise ProblemError(404, "feedback-off", "This service keeps no feedback")
        for is_last in (False, True):
            try:
                if self._store is None:
                    settings = self._settings
                    self._store = Store(self._database, settings.max_feedback, settings.review_queue)
                return task(self._store)
            except self._database.errors as error:
                self._drop_store(self._database)
                if is_last:
                    # A database's own words may quote what was to be stored.
                    _log.error("the feedback store failed: %s", type(error).__name__)
        headers = {"Retry-After": str(self._settings.retry_after_s)}
        raise ProblemError(503, "feedback-unavailable", "The feedback store is out of reach", headers=headers)

    def _drop_store(self, database: Database) -> None:
        """Close a connection that failed."""
        store, self._store = self._store, None
        try:
            if store:
                store.close()
        except database.errors:
            _log.info("the failed connection could not be closed either")


def _threshold(guard: Guard, options: Options) -> float:
    """Return the least score that applied."""
    if options.threshold is not None:
        return options.threshold
    thresholds = guard.manifest["thresholds"]
    return float(thresholds[options.profile or "newsroom"])


def _uncertain(cleaned: Cleaned, margin: float) -> list[dict[str, Any]]:
    """Return the spans of a text whose scores lie about the threshold, at most so many, ascending."""
    threshold, taken = _threshold(cleaned.guard, cleaned.options), cleaned.result.spans
    above = [span for span in taken if span.score < threshold + margin]
    ends = [span.end for span in taken]
    below = []
    for one in cleaned.below:
        behind = bisect_right(ends, one.start)
        # A later round may have taken it with something else.
        if behind == len(taken) or one.end <= taken[behind].start:
            below.append(one)
    nearest = sorted([*above, *below], key=lambda span: abs(span.score - threshold))[:MAX_QUEUED_SPANS]
    return [asdict(span) for span in sorted(nearest, key=lambda span: span.start)]

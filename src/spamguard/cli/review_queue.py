"""The queue of the review page: texts that commands put into the service's store for editors to judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Self

from spamguard.errors import InputError
from spamguard.spans import Span

if TYPE_CHECKING:
    from spamguard.learning.labels.queue import Queued

STORES = ("sqlite:", "postgresql://", "postgres://")
# The service keeps to its own limit with the next text that it queues; a person reads fewer than this.
MOST_QUEUED = 10_000


def is_store(target: str) -> bool:
    """Say whether a target is the address of a store rather than a file.

    Examples
    --------
    >>> is_store("sqlite:feedback.sqlite"), is_store("queue.json")
    (True, False)
    """
    return target.startswith(STORES)


class ReviewQueue:
    """The queue of the review page, to be opened with ``with``.

    Parameters
    ----------
    address
        What ``SPAMGUARD_FEEDBACK`` says where the service runs.

    Raises
    ------
    InputError
        If the store cannot be reached, at any time; its address may hold a password and is not named.

    Examples
    --------
    >>> with ReviewQueue("sqlite::memory:") as queue:
    ...     queue.put("an ad", [Span(3, 5, "ad", 0.9, "seo")])
    True
    """

    def __init__(self, address: str) -> None:
        from spamguard.service.databases import database_at
        from spamguard.service.feedback import MAX_QUEUED_CHARS
        from spamguard.service.queued import MAX_QUEUED_SPANS
        from spamguard.service.store import Store

        self._max_chars, self._max_spans = MAX_QUEUED_CHARS, MAX_QUEUED_SPANS
        database = database_at(address)
        self._errors = database.errors
        self.n_waiting = self.n_left_out = 0
        try:
            self._store = Store(database, max_queued=MOST_QUEUED)
        except self._errors as error:
            raise self._refusal(error) from None

    def put(self, text: str, spans: Sequence[Span]) -> bool:
        """Let a text wait; say whether it does: not if it is too long for the page, or too many wait.

        Parameters
        ----------
        text
            The whole raw text.
        spans
            What is to be judged in it; the page finds more than it takes itself.
        """
        if len(text) > self._max_chars or self.n_waiting >= MOST_QUEUED:
            self.n_left_out += 1
            return False
        try:
            self._store.enqueue(text, [asdict(span) for span in spans[: self._max_spans]])
        except self._errors as error:
            raise self._refusal(error) from None
        self.n_waiting += 1
        return True

    def _refusal(self, error: Exception) -> InputError:
        """Return the error for the user."""
        return InputError(f"the feedback store cannot be written: {type(error).__name__}")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close the store."""
        self._store.close()


def put_up(chosen: Sequence[Queued], address: str) -> int:
    """Let texts wait on the review page, the worthiest at the top.

    Parameters
    ----------
    chosen
        From :func:`spamguard.learning.labels.queue.choose`.
    address
        As for :class:`ReviewQueue`.

    Returns
    -------
    int
        Texts that wait; those that are too long for the page are left out.

    Raises
    ------
    InputError
        As from :class:`ReviewQueue`.
    """
    with ReviewQueue(address) as queue:
        # The page lists the newest first.
        for item in reversed(chosen[:MOST_QUEUED]):
            queue.put(item.label.text, item.spans)
        return queue.n_waiting

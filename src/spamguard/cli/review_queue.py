"""From `spamguard label queue` to the page on which editors judge: into the service's own store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from spamguard.errors import InputError

if TYPE_CHECKING:
    from spamguard.learning.labels.queue import Queued

STORES = ("sqlite:", "postgresql://", "postgres://")
# The service keeps to its own limit with the next text that it queues; a person reads fewer than this.
_MOST_QUEUED = 10_000


def is_store(target: str) -> bool:
    """Say whether a target is the address of a store rather than a file.

    Examples
    --------
    >>> is_store("sqlite:feedback.sqlite"), is_store("queue.json")
    (True, False)
    """
    return target.startswith(STORES)


def put_up(chosen: Sequence[Queued], address: str) -> int:
    """Let texts wait on the review page, the worthiest at the top.

    Parameters
    ----------
    chosen
        From :func:`spamguard.learning.labels.queue.choose`.
    address
        What ``SPAMGUARD_FEEDBACK`` says where the service runs.

    Returns
    -------
    int
        Texts that wait; those that are too long for the page are left out.

    Raises
    ------
    InputError
        If the store cannot be reached; its address may hold a password and is not named.
    """
    from spamguard.service.databases import database_at
    from spamguard.service.feedback import MAX_QUEUED_CHARS
    from spamguard.service.store import Store

    short = [item for item in chosen if len(item.label.text) <= MAX_QUEUED_CHARS]
    database = database_at(address)
    try:
        store = Store(database, max_queued=_MOST_QUEUED)
        # The page lists the newest first.
        for item in reversed(short):
            store.enqueue(item.label.text, [asdict(span) for span in item.spans])
        store.close()
    except database.errors as error:
        raise InputError(f"the feedback store cannot be written: {type(error).__name__}") from None
    return len(short)

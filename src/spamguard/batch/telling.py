"""Turning the answers to a file's units into what is told of it."""

from __future__ import annotations

from collections.abc import Iterator

from spamguard.batch.answers import Answer
from spamguard.batch.outcomes import Fault, Finding, Outcome, Status
from spamguard.result import CleanResult

_REVIEW = "too much of it would go; left alone for review"


class Telling:
    """Tells what is found in one file, unit by unit.

    Parameters
    ----------
    name
        The file as the user would name it.

    Examples
    --------
    >>> telling = Telling("a.txt")
    >>> list(telling.events(None, Answer(fault="not text")))
    []
    >>> telling.outcome().status
    'skipped'
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._fault = self._review = ""
        self._result: CleanResult | None = None
        self._n_chars = 0
        self.n_documents = 0
        self.is_changed = False

    def events(self, record: int | None, answer: Answer) -> Iterator[Finding | Fault]:
        """Yield what the answer to the next unit tells."""
        if answer.fault and record is not None:
            yield Fault(self._name, record, answer.fault)
        elif record is None:
            self._fault = answer.fault
            self._review = _REVIEW if answer.is_review else ""
        for _, field, result in answer.results:
            yield Finding(self._name, result, record, field, self._n_chars, answer.is_review)
            if not answer.is_review:
                self.is_changed = True
                self._result = result if record is None else None
        self._n_chars += answer.n_chars

    def outcome(self, target: str = "", *, n_bytes: int = 0) -> Outcome:
        """Return what became of the file if nothing else went wrong."""
        status: Status = "cleaned" if self.is_changed else "unchanged"
        if self._fault:
            status = "skipped"
        reason = self._fault or self._review
        return Outcome(self._name, status, self._result, target, reason, self.n_documents, n_bytes)

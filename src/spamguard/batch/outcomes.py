"""What became of each file, and of all of them together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from spamguard.result import CleanResult

Status = Literal["cleaned", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Parameters
    ----------
    name
        The file as the user would name it.
    status
        ``cleaned``: spam was found; ``unchanged``: none was; ``skipped``: no text, or not followed,
        copied as it is where it is a file; ``failed``: it could not be read or written.
    result
        The cleaning, for the first two.
    target
        Where the result lies, or would lie in a dry run; empty where there is none.
    reason
        Why it was skipped or failed, fit for a user to read.

    Examples
    --------
    >>> Outcome("logo.png", "skipped", reason="not text").status
    'skipped'
    """

    name: str
    status: Status
    result: CleanResult | None = None
    target: str = ""
    reason: str = ""


@dataclass(slots=True)
class Summary:
    """Counts over a run; bounded memory however many files there are.

    Examples
    --------
    >>> summary = Summary()
    >>> summary.add(Outcome("logo.png", "skipped", reason="not text"))
    >>> summary.lines()
    ['1 file: 1 skipped; 0 spans removed (0 characters)']
    """

    n_files: Counter[Status] = field(default_factory=Counter)
    n_spans: Counter[str] = field(default_factory=Counter)
    removed_chars: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one file."""
        self.n_files[outcome.status] += 1
        if outcome.result is not None:
            self.n_spans.update(span.category for span in outcome.result.spans)
            self.removed_chars += sum(edit.end - edit.start for edit in outcome.result.edits)

    def lines(self, *, removed: str = "removed") -> list[str]:
        """Return the summary as lines for a person.

        Parameters
        ----------
        removed
            The verb for the spans: another one where nothing was written.
        """
        statuses: tuple[Status, ...] = ("cleaned", "unchanged", "skipped", "failed")
        counts = ", ".join(f"{self.n_files[one]:,} {one}" for one in statuses if self.n_files[one])
        head = (
            f"{_count(self.n_files.total(), 'file')}: {counts or 'nothing to do'}; "
            f"{_count(self.n_spans.total(), 'span')} {removed} ({_count(self.removed_chars, 'character')})"
        )
        kinds = ", ".join(f"{category} {number:,}" for category, number in self.n_spans.most_common())
        return [head, f"by category: {kinds}"] if kinds else [head]


def _count(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

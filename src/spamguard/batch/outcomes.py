"""What happens in a run: what is found, what is amiss, what became of each file, and all of it counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from spamguard.result import CleanResult

Status = Literal["cleaned", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Spam in one text.

    Parameters
    ----------
    name
        The file as the user would name it.
    result
        The cleaning of the text.
    record
        Line, row or record of the file, from 1; None where the file is one document.
    field
        Name of the text in its record, where it has one.
    offset
        Where the text starts, for stretches of a longer one.
    is_review
        Whether the text was left alone because it would have lost too much.

    Examples
    --------
    >>> Finding("a.txt", CleanResult("good")).record is None
    True
    """

    name: str
    result: CleanResult
    record: int | None = None
    field: str = ""
    offset: int = 0
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that was left alone because something is amiss with it.

    Parameters
    ----------
    name
        The file as the user would name it.
    record
        Line, row or record of the file, from 1.
    reason
        What is amiss, fit for a user to read.

    Examples
    --------
    >>> Fault("a.jsonl", 3, "not JSON").record
    3
    """

    name: str
    record: int
    reason: str


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
        The cleaning of a file that is one document, where anything was found in it.
    target
        Where the result lies, or would lie in a dry run; empty where there is none.
    reason
        Why it was skipped or failed, fit for a user to read.
    n_documents
        How many documents with texts there are in it.
    n_bytes
        Its size.

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
    n_documents: int = 0
    n_bytes: int = 0


Event = Finding | Fault | Outcome


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
    n_documents: int = 0
    n_faults: int = 0
    n_review: int = 0
    n_bytes: int = 0
    removed_chars: int = 0

    @property
    def has_faults(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.n_faults or self.n_files["failed"])

    def add(self, event: Event) -> None:
        """Count what happened."""
        if isinstance(event, Outcome):
            self.n_files[event.status] += 1
            self.n_documents += event.n_documents
            self.n_bytes += event.n_bytes
        elif isinstance(event, Fault):
            self.n_faults += 1
        elif event.is_review:
            self.n_review += 1
        else:
            self.n_spans.update(span.category for span in event.result.spans)
            self.removed_chars += sum(edit.end - edit.start for edit in event.result.edits)

    def merge(self, other: Summary) -> None:
        """Add the counts of another part of the run."""
        self.n_files.update(other.n_files)
        self.n_spans.update(other.n_spans)
        self.n_documents += other.n_documents
        self.n_faults += other.n_faults
        self.n_review += other.n_review
        self.n_bytes += other.n_bytes
        self.removed_chars += other.removed_chars

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
            f"{counted(self.n_files.total(), 'file')}: {counts or 'nothing to do'}; "
            f"{counted(self.n_spans.total(), 'span')} {removed} ({counted(self.removed_chars, 'character')})"
        )
        lines = [head]
        if self.n_documents > self.n_files.total():
            lines.append(f"in {counted(self.n_documents, 'document')}")
        if self.n_spans:
            kinds = ", ".join(f"{category} {number:,}" for category, number in self.n_spans.most_common())
            lines.append(f"by category: {kinds}")
        if self.n_review:
            lines.append(f"{counted(self.n_review, 'text')} left alone for review: too much would go")
        if self.n_faults:
            lines.append(f"{counted(self.n_faults, 'record')} left alone: see above")
        return lines


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural.

    Examples
    --------
    >>> counted(1, "file"), counted(2_000, "file")
    ('1 file', '2,000 files')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

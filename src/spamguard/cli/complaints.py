"""What a person must hear of a run, whatever command it is of: what was left alone, and what failed."""

from __future__ import annotations

from collections.abc import Iterator

from spamguard.batch.outcomes import Event, Fault, Finding
from spamguard.cli.display import visible


def complaints(event: Event, *, quiet: bool = False) -> Iterator[str]:
    """Yield the lines that must be said of what happened.

    Parameters
    ----------
    event
        From the run.
    quiet
        Whether only what is amiss is said.

    Examples
    --------
    >>> list(complaints(Fault("a.jsonl", 3, "not JSON")))
    ['left alone a.jsonl:3: not JSON']
    """
    if isinstance(event, Fault):
        yield f"left alone {visible(event.name)}:{event.record}: {visible(event.reason)}"
    elif isinstance(event, Finding):
        # A file that is one document says so itself.
        if event.is_review and event.record is not None and not quiet:
            yield f"left for review {visible(title(event))}: too much of it would go"
    elif event.reason and (event.status == "failed" or not quiet):
        yield f"{event.status} {visible(event.name)}: {visible(event.reason)}"


def title(finding: Finding) -> str:
    """Return where a text stands: file, record, field.

    Examples
    --------
    >>> from spamguard.result import CleanResult
    >>> title(Finding("a.jsonl", CleanResult("good"), 3, "text"))
    'a.jsonl:3 text'
    """
    record = "" if finding.record is None else f":{finding.record}"
    return f"{finding.name}{record}" + (f" {finding.field}" if finding.field else "")

"""A folder as a corpus of documents: the room that reads files joined to the one that hears campaigns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from spamguard.batch.answers import Task
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Fault, Outcome, Summary
from spamguard.batch.roots import Root, plan_roots
from spamguard.batch.run import Settings as RunSettings
from spamguard.batch.run import clean_files
from spamguard.batch.steps import Begin, End, Piece, steps
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.from_report import campaigns_of_report
from spamguard.campaigns.two_pass import Settings, find_campaigns, two_pass
from spamguard.cleaner import Guard
from spamguard.cli.display import visible
from spamguard.errors import FormatError


def documents(
    root: Root, reading: Reading, on_fault: Callable[[str, str], object] = lambda name, reason: None
) -> Iterator[tuple[str, str]]:
    """Yield the name and each text of all that `spamguard clean` reads below a folder, in a fixed order.

    Parameters
    ----------
    root
        The folder.
    reading
        How its files are read.
    on_fault
        Called with the name of what cannot be read, and why; it is left out.

    Yields
    ------
    (str, str)
        The file's path inside the folder, behind it a record's number, as in ``june/a.jsonl:3``; the text.
    """
    inside = ""
    for step in steps([root], reading, Filter()):
        if isinstance(step, Begin):
            inside = os.path.relpath(step.entry.source, root.source)
        elif isinstance(step, Piece):
            record = step.task.unit.record
            name = inside if record is None else f"{inside}:{record}"
            try:
                texts = _texts(step.task)
            except FormatError as error:
                on_fault(name, str(error))
                continue
            for text in texts:
                yield name, text
        elif isinstance(step, End) and step.error is not None:
            on_fault(inside, str(step.error))
        elif isinstance(step, Outcome) and step.status == "failed":
            on_fault(step.name, step.reason)


def _texts(task: Task) -> Sequence[str]:
    """Return the texts of a unit.

    Raises
    ------
    FormatError
        If it is not in its format.
    """
    if task.unit.fault:
        raise FormatError(task.unit.fault)
    return task.format.parse(task.unit).texts if task.unit.is_text else ()


class Found(NamedTuple):
    """What recurs in a corpus, and whether anything of it was left out or left alone."""

    campaigns: list[Campaign]
    has_faults: bool = False


def hear_corpus(guard: Guard, folder: Path, settings: Settings, reading: Reading) -> Found:
    """Return what recurs in a folder; name what cannot be read on standard error."""
    root = Root(folder, folder)
    told: set[str] = set()

    def tell_once(name: str, reason: str) -> None:
        # The corpus is read twice.
        if name not in told:
            told.add(name)
            click.echo(f"left out {visible(name)}: {visible(reason)}", err=True)

    campaigns = find_campaigns(guard, lambda: documents(root, reading, tell_once), settings)
    return Found(campaigns, bool(told))


def hear_report(path: Path, settings: Settings) -> Found:
    """Return what recurs in a report."""
    with open(path, "rb") as lines:
        return Found(campaigns_of_report(lines, min_documents=settings.min_documents))


def clean_corpus(guard: Guard, folder: Path, out: Path, settings: Settings, reading: Reading) -> Found:
    """Clean a folder in two passes, say how it went, and return what recurs in it.

    Parameters
    ----------
    guard
        Finds spans.
    folder
        What to read.
    out
        Folder for the results.
    settings
        How much evidence it takes.
    reading
        How the files are read; results are written as `spamguard clean` writes them.

    Raises
    ------
    InputError
        If the output lies in the input, or the other way about.
    """
    [root] = plan_roots([folder], out=out)
    with tempfile.TemporaryDirectory(prefix="spamguard-") as scratch:
        second = two_pass(guard, lambda: documents(root, reading), Path(scratch) / "notebook", settings)
        summary = Summary()
        workers = Workers(lambda: second.clean_many)
        for event in clean_files(workers, [root], RunSettings(reading)):
            summary.add(event)
            _complain(event)
        second.close()
    for line in summary.lines():
        click.echo(line, err=True)
    return Found(second.campaigns, summary.has_faults)


def _complain(event: Event) -> None:
    """Name what was left alone."""
    if isinstance(event, Outcome) and event.reason:
        click.echo(f"{event.status} {visible(event.name)}: {visible(event.reason)}", err=True)
    elif isinstance(event, Fault):
        click.echo(f"left alone {visible(event.name)}:{event.record}: {visible(event.reason)}", err=True)

"""A folder as a corpus of documents: the room that reads files joined to the one that hears campaigns."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

import spamguard
from spamguard.batch.answers import Cleaner, Task
from spamguard.batch.kinds import Reading
from spamguard.batch.marks import claim_on
from spamguard.batch.outcomes import Event, Outcome, Summary
from spamguard.batch.places import open_journal
from spamguard.batch.processes import in_order, n_cores
from spamguard.batch.report import report_lines
from spamguard.batch.roots import Root
from spamguard.batch.run import Settings as RunSettings
from spamguard.batch.run import clean_files
from spamguard.batch.steps import Begin, End, Piece, steps
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.first_pass import Documents, Hearing, Settings
from spamguard.campaigns.from_report import campaigns_of_report
from spamguard.campaigns.notebook import Notebook
from spamguard.campaigns.tables import json_lines
from spamguard.campaigns.two_pass import TwoPass
from spamguard.cleaner import Guard
from spamguard.cli.choices import Recipe, model_manifest
from spamguard.cli.complaints import complaints
from spamguard.cli.display import visible
from spamguard.cli.outputs import open_report
from spamguard.errors import FormatError

OnFault = Callable[[str, str], object]


def documents(
    root: Root,
    reading: Reading,
    on_fault: OnFault = lambda name, reason: None,
    chosen: Filter | None = None,
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
    chosen
        Which files are read; all by default.

    Yields
    ------
    (str, str)
        The file's path inside the folder, behind it a record's number, as in ``june/a.jsonl:3``; the text.
    """
    inside = ""
    for step in steps([root], reading, chosen or Filter()):
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


@dataclass(frozen=True, slots=True)
class Crew:
    """Who hears and cleans a corpus.

    Parameters
    ----------
    model
        Folder of the model; the shipped one by default.
    number
        How many processes; 0 for one a core.
    max_removed
        As for :func:`spamguard.batch.answers.answer_all`.

    Examples
    --------
    >>> Crew().guard().clean("It rained.").changed
    False
    """

    model: Path | None = None
    number: int = 0
    max_removed: float | None = None

    def guard(self) -> Guard:
        """Load the model."""
        return spamguard.load(self.model)

    def run(
        self, make_work: Callable[[], Callable[[Documents], Any]], found: Iterable[Documents]
    ) -> Iterator[tuple[Documents, Any]]:
        """Do work on batches, in order."""
        return in_order(make_work, found, _as_it_is, number=self.number or n_cores())

    def hearing(self, root: Root, reading: RunSettings, settings: Settings, on_fault: OnFault) -> Hearing:
        """Return the first pass over a folder."""
        resolved = settings.resolved(model_manifest(self.model))

        def read() -> Iterator[tuple[str, str]]:
            return documents(root, reading.reading, on_fault, reading.chosen)

        return Hearing(read, self.guard, resolved, self.run)


def _as_it_is(found: Documents) -> Documents:
    """Return a batch: all of it travels."""
    return found


def hear_corpus(crew: Crew, folder: Path, settings: Settings, reading: RunSettings) -> Found:
    """Return what recurs in a folder; name what cannot be read on standard error."""
    told: set[str] = set()

    def tell_once(name: str, reason: str) -> None:
        # The corpus is read twice.
        if name not in told:
            told.add(name)
            click.echo(f"left out {visible(name)}: {visible(reason)}", err=True)

    campaigns = crew.hearing(Root(folder, folder), reading, settings, tell_once).campaigns()
    return Found(campaigns, bool(told))


def hear_report(path: Path, settings: Settings) -> Found:
    """Return what recurs in a report."""
    with open(path, "rb") as lines:
        return Found(campaigns_of_report(lines, min_documents=settings.min_documents))


def clean_corpus(
    crew: Crew, root: Root, settings: Settings, reading: RunSettings, report: Path | None = None
) -> Found:
    """Clean a folder in two passes, say how it went, and return what recurs in it.

    Parameters
    ----------
    crew
        Who does it.
    root
        What to read and where to write, from :func:`spamguard.batch.roots.plan_roots`.
    settings
        How much evidence it takes.
    reading
        How the files are read; results are written as `spamguard clean` writes them.
    report
        Where each span is told, as :func:`spamguard.cli.outputs.check_report` let it pass.

    Raises
    ------
    InputError
        If another run is at work on the results.
    """
    hearing = crew.hearing(root, reading, settings, _in_silence)
    with tempfile.TemporaryDirectory(prefix="spamguard-") as scratch:
        path = Path(scratch) / "notebook"
        with closing(Notebook(path)) as notes:
            campaigns = hearing.campaigns(notes)
        second = partial(_second_pass, crew, campaigns, hearing.settings, path)
        journal = open_journal([root], _fingerprint(crew, campaigns, hearing.settings, reading))
        if journal.is_resumed:
            click.echo("the second pass goes on where an earlier run was", err=True)
        workers = Workers(second, number=crew.number or n_cores(), max_removed=crew.max_removed)
        claim = claim_on(role="report", overwrite=reading.overwrite)
        try:
            with open_report(report, claim) as sink:
                summary = _tell(clean_files(workers, [root], reading, journal=journal), sink)
        except BaseException:
            journal.close()
            raise
        journal.remove()
    for line in summary.lines():
        click.echo(line, err=True)
    return Found(campaigns, summary.has_faults)


def _fingerprint(
    crew: Crew, campaigns: list[Campaign], settings: Settings, reading: RunSettings
) -> dict[str, Any]:
    """Return all that the second pass depends on: the first is repeated, and may have heard other things."""
    heard = hashlib.sha256("".join(json_lines(campaigns)).encode()).hexdigest()
    chosen: dict[str, Any] = json.loads(json.dumps([asdict(settings), asdict(reading)], default=str))
    recipe = Recipe(crew.model).fingerprint()
    return {"chosen": chosen, "max_removed": crew.max_removed, "campaigns": heard, "recipe": recipe}


def _tell(events: Iterable[Event], report: BinaryIO | None) -> Summary:
    """Name what was left alone, report spans, and count."""
    summary = Summary()
    for event in events:
        summary.add(event)
        for line in complaints(event):
            click.echo(line, err=True)
        if report is not None:
            report.writelines(report_lines(event))
    return summary


def _in_silence(name: str, reason: str) -> None:
    """Say nothing of what cannot be read: the second pass names it."""


def _second_pass(crew: Crew, campaigns: list[Campaign], settings: Settings, notebook: Path) -> Cleaner:
    """Make what cleans with a corpus's knowledge, in any process."""
    return TwoPass(crew.guard(), campaigns, settings, Notebook(notebook)).clean_many

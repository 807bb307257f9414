"""A folder as a corpus of documents: the room that reads files joined to the one that hears campaigns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from spamguard.batch.outcomes import Summary
from spamguard.batch.plain import decode
from spamguard.batch.roots import Root, plan_roots
from spamguard.batch.run import clean_files
from spamguard.batch.walking import Entry, walk
from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.from_report import campaigns_of_report
from spamguard.campaigns.two_pass import Settings, find_campaigns, two_pass
from spamguard.cleaner import Guard
from spamguard.cli.display import visible


def documents(root: Root) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file below a folder that holds text, in a fixed order.

    Parameters
    ----------
    root
        The folder. What cannot be read is left out: cleaning names it.
    """
    for item in walk(root):
        if isinstance(item, Entry):
            try:
                document = decode(item.source.read_bytes())
            except OSError:
                continue
            if document is not None:
                yield os.path.relpath(item.source, root.source), document.text


def hear_corpus(guard: Guard, folder: Path, settings: Settings) -> list[Campaign]:
    """Return what recurs in a folder."""
    root = Root(folder, folder)
    return find_campaigns(guard, lambda: documents(root), settings)


def hear_report(path: Path, settings: Settings) -> list[Campaign]:
    """Return what recurs in a report."""
    with open(path, "rb") as lines:
        return campaigns_of_report(lines, min_documents=settings.min_documents)


def clean_corpus(guard: Guard, folder: Path, out: Path, settings: Settings) -> list[Campaign]:
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

    Raises
    ------
    InputError
        If the output lies in the input, or the other way about.
    """
    [root] = plan_roots([folder], out=out)
    with tempfile.TemporaryDirectory(prefix="spamguard-") as scratch:
        second = two_pass(guard, lambda: documents(root), Path(scratch) / "notebook", settings)
        summary = Summary()
        for outcome in clean_files(second.clean_many, [root]):
            summary.add(outcome)
            if outcome.reason:
                reason = f"{outcome.status} {visible(outcome.name)}: {visible(outcome.reason)}"
                click.echo(reason, err=True)
        second.close()
    for line in summary.lines():
        click.echo(line, err=True)
    return second.campaigns

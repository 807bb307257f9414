"""A batch run as its user sees it: results, removals, progress, faults, summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from pathlib import Path

import click
from tqdm import tqdm

from spamguard.batch.journal import Journal
from spamguard.batch.outcomes import Event, Finding, Outcome, Summary, counted
from spamguard.batch.page import Tally, place_of_page, write_page
from spamguard.batch.places import open_journal
from spamguard.batch.processes import keep_to_one_core
from spamguard.batch.report import event_line, json_line, report_lines
from spamguard.batch.roots import Root, plan_roots, refuse_others
from spamguard.batch.run import clean_files
from spamguard.batch.sampling import clean_sample
from spamguard.batch.stream import NAME, clean_stream
from spamguard.batch.walking import Entry, walk
from spamguard.cli.choices import Choices
from spamguard.cli.complaints import complaints, title
from spamguard.cli.display import render_diff, visible
from spamguard.cli.extras import needs_extra
from spamguard.cli.outputs import check_report, open_report, refuse_taken
from spamguard.cli.progress import Progress
from spamguard.cli.review_queue import ReviewQueue
from spamguard.result import restore


def clean_paths(choices: Choices) -> Summary:
    """Clean files and folders and tell the user; return the counts.

    Raises
    ------
    InputError
        If options do not go together, the report cannot be written, or the review queue not be reached.
    """
    keep_to_one_core()
    roots = plan_roots(choices.paths, out=choices.out, in_place=choices.in_place, others=choices.others)
    _check_others(choices)
    recipe = choices.recipe
    fingerprint = choices.fingerprint(recipe)
    workers = choices.crew(recipe)
    progress = _progress(choices, roots)
    journal = open_journal(roots, fingerprint) if choices.writes else None
    try:
        if choices.sample:
            events = clean_sample(workers, roots, choices.settings, choices.sample)
        else:
            events = clean_files(workers, roots, choices.settings, journal=journal, on_bytes=progress.add)
        if journal and journal.is_resumed and not choices.quiet:
            click.echo("going on where an earlier run was", err=True)
        with closing(progress):
            summary = _tell(events, choices, progress)
    except BaseException:
        if journal:
            journal.close()
        raise
    _conclude(summary, choices, roots, journal)
    return summary


def clean_standard_input(choices: Choices) -> Summary:
    """Clean standard input to standard output and tell the user; return the counts.

    Raises
    ------
    InputError
        If the report cannot be written, the review queue not be reached, or the format not read from a
        stream.
    """
    keep_to_one_core()
    shows = choices.diff or choices.as_json or not choices.writes
    sink = None if shows else sys.stdout.buffer
    refuse_others([], [], choices.others)
    _check_others(choices)
    workers = choices.crew(choices.recipe)
    events = clean_stream(workers, sys.stdin.buffer, sink, choices.reading)
    summary = _tell(events, choices, Progress())
    _conclude(summary, choices, [], None)
    return summary


def _check_others(choices: Choices) -> None:
    """Refuse, before anything is done, what could not be written at the end."""
    if choices.report:
        check_report(choices.report, choices.claim("report"))
    if choices.html_report:
        refuse_taken([place_of_page(choices.html_report)], choices.claim("page"))


def _progress(choices: Choices, roots: Sequence[Root]) -> Progress:
    """Return a bar where somebody looks at nothing else, lines where nobody looks."""
    busy = (choices.diff or choices.as_json) and sys.stdout.isatty()
    if choices.quiet or choices.sample:
        return Progress()
    is_shown = sys.stderr.isatty() and not busy
    sizes = (
        _size(item.source)
        for root in roots
        for item in walk(root, choices.settings.chosen)
        if isinstance(item, Entry)
    )
    return Progress(sum(sizes), is_shown=is_shown, is_logged=True)


def _size(path: Path) -> int:
    """Return a file's size; 0 where it cannot be told."""
    with suppress(OSError):
        return os.stat(path).st_size
    return 0


def _tell(events: Iterable[Event], choices: Choices, progress: Progress) -> Summary:
    """Show what happens as it comes, and count it."""
    summary, tally = Summary(), Tally()
    with open_report(choices.report, choices.claim("report")) as report, _queue(choices) as queue:
        for event in events:
            summary.add(event)
            progress.note(event)
            _show(event, choices)
            if report is not None:
                report.writelines(report_lines(event))
            if choices.html_report:
                tally.add(event)
            if queue is not None and isinstance(event, Finding) and event.is_review:
                queue.put(restore(event.result), event.result.spans)
    if choices.html_report:
        write_page(choices.html_report, summary, tally, choices.claim("page"))
    if queue is not None and not choices.quiet:
        click.echo(_of_queue(queue), err=True)
    return summary


def _queue(choices: Choices) -> AbstractContextManager[ReviewQueue | None]:
    """Open the queue of the review page, if it is wanted."""
    if choices.review_queue is None:
        return nullcontext()
    with needs_extra("the review page's queue", "service"):
        return ReviewQueue(choices.review_queue)


def _of_queue(queue: ReviewQueue) -> str:
    """Say how many texts wait, and how many do not although they should."""
    left = f", {queue.n_left_out:,} left out: too long or too many for it" if queue.n_left_out else ""
    return f"{counted(queue.n_waiting, 'text')} put into the review page's queue{left}"


def _show(event: Event, choices: Choices) -> None:
    """Name a fault on standard error, and print what was asked for."""
    for line in complaints(event, quiet=choices.quiet):
        tqdm.write(line, file=sys.stderr)
    if choices.as_json:
        click.echo(_as_json(event), nl=False)
    elif choices.diff and isinstance(event, Finding) and not event.is_review:
        click.echo(render_diff(title(event), event.result), nl=False)


def _as_json(event: Event) -> bytes:
    """Return the line for what happened; nothing where a file's own line, which comes last, tells all."""
    if isinstance(event, Outcome) and event.name == NAME and event.result is not None:
        return json_line({"file": NAME, **event.result.to_dict()})
    if isinstance(event, Finding) and event.record is None and not event.is_review:
        return b""
    return event_line(event)


def _conclude(summary: Summary, choices: Choices, roots: Sequence[Root], journal: Journal | None) -> None:
    """Print the summary and where the results lie; close the journal."""
    lines = summary.lines(removed="removed" if choices.writes else "would be removed")
    if journal:
        lines += _close(journal, choices, summary)
    targets = [str(root.target) for root in roots if choices.writes and root.target.exists()]
    if targets:
        more = f" and {len(targets) - 3:,} more" if len(targets) > 3 else ""
        lines.append(f"results in {', '.join(map(visible, targets[:3]))}{more}")
    if choices.html_report:
        lines.append(f"figures in {visible(str(choices.html_report / 'index.html'))}")
    if not choices.quiet:
        click.echo("\n".join(lines), err=True)


def _close(journal: Journal, choices: Choices, summary: Summary) -> list[str]:
    """Remove the journal of a run that is through; keep the undo log, and name it."""
    if choices.in_place and summary.n_files["cleaned"]:
        journal.mark_finished()
        journal.close()
        return [f"to take it back: spamguard undo {visible(str(journal.folder))}"]
    journal.remove()
    if choices.in_place:
        with suppress(OSError):
            journal.folder.parent.rmdir()
    return []

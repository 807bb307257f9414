"""A batch run as its user sees it: results, removals, progress, faults, summary."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click
from tqdm import tqdm

from spamguard.batch.outcomes import Outcome, Summary
from spamguard.batch.report import json_line, outcome_line, report_lines
from spamguard.batch.roots import Root
from spamguard.batch.run import Cleaner, clean_bytes, clean_files
from spamguard.batch.walking import walk
from spamguard.batch.writing import whole_file
from spamguard.cli.display import render_diff, visible
from spamguard.errors import InputError


@dataclass(frozen=True, slots=True)
class View:
    """What a run shows, and whether it writes.

    Parameters
    ----------
    diff
        Whether removals go to standard output.
    as_json
        Whether outcomes go to standard output as JSON lines.
    report
        File for one JSON line per span.
    dry_run
        Whether no result is written.

    Examples
    --------
    >>> View(diff=True).dry_run
    False
    """

    diff: bool = False
    as_json: bool = False
    report: Path | None = None
    dry_run: bool = False


def clean_paths(clean: Cleaner, roots: Sequence[Root], view: View) -> Summary:
    """Clean files and folders and tell the user; return the counts.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    roots
        What to read and where to write.
    view
        What to show.

    Raises
    ------
    InputError
        If the report cannot be written.
    """
    outcomes = _with_progress(clean_files(clean, roots, write=not view.dry_run), roots, view)
    summary = _tell(outcomes, view)
    targets = [] if view.dry_run else [str(root.target) for root in roots if root.target.exists()]
    _conclude(summary, view, targets)
    return summary


def clean_stream(clean: Cleaner, view: View) -> Summary:
    """Clean standard input to standard output and tell the user; return the counts.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    view
        What to show; removals and JSON take the place of the cleaned text.

    Raises
    ------
    InputError
        If the report cannot be written.
    """
    cleaned, result = clean_bytes(clean, sys.stdin.buffer.read())
    if view.as_json and result is not None:
        click.echo(json_line({"file": "-", **result.to_dict()}), nl=False)
    elif not (view.diff or view.as_json or view.dry_run):
        click.echo(cleaned, nl=False)
    if result is None:
        outcome = Outcome("-", "skipped", reason="not UTF-8 text, passed through as it came")
    else:
        outcome = Outcome("-", "cleaned" if result.changed else "unchanged", result)
    summary = _tell([outcome], View(diff=view.diff, report=view.report))
    _conclude(summary, view, [])
    return summary


def _with_progress(outcomes: Iterable[Outcome], roots: Sequence[Root], view: View) -> Iterable[Outcome]:
    """Show a bar on standard error where somebody looks at nothing else."""
    busy = (view.diff or view.as_json) and sys.stdout.isatty()
    if busy or not sys.stderr.isatty():
        return outcomes
    n_files = sum(1 for root in roots for _ in walk(root))
    bar: Iterable[Outcome] = tqdm(outcomes, total=n_files, unit="file", leave=False)
    return bar


def _tell(outcomes: Iterable[Outcome], view: View) -> Summary:
    """Show outcomes as they come, and count them."""
    summary = Summary()
    with _report_file(view.report) as report:
        for outcome in outcomes:
            summary.add(outcome)
            _show(outcome, view)
            if report is not None:
                report.writelines(report_lines(outcome))
    return summary


def _report_file(path: Path | None) -> AbstractContextManager[BinaryIO | None]:
    """Open the report, which appears whole at the end of the run."""
    if path is None:
        return nullcontext()
    if not path.parent.is_dir():
        raise InputError(f"--report: there is no folder {path.parent}")
    return whole_file(path)


def _show(outcome: Outcome, view: View) -> None:
    """Name a fault on standard error, and print what was asked for."""
    if outcome.reason:
        tqdm.write(f"{outcome.status} {visible(outcome.name)}: {visible(outcome.reason)}", file=sys.stderr)
    if view.as_json:
        click.echo(outcome_line(outcome), nl=False)
    elif view.diff and outcome.result is not None:
        click.echo(render_diff(outcome.name, outcome.result), nl=False)


def _conclude(summary: Summary, view: View, targets: Sequence[str]) -> None:
    """Print the summary and where the results lie."""
    for line in summary.lines(removed="would be removed" if view.dry_run else "removed"):
        click.echo(line, err=True)
    if targets:
        more = f" and {len(targets) - 3:,} more" if len(targets) > 3 else ""
        click.echo(f"results in {', '.join(map(visible, targets[:3]))}{more}", err=True)

"""A comparison of two models, on a terminal and as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spamguard.cli.display import columns, visible

if TYPE_CHECKING:
    from spamguard.cleaner import Guard
    from spamguard.learning.proof.comparison import Change, Comparison

_MOST_CHANGES = 10
proof_report_option = click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write an HTML report with plots.",
)


def show_proof(proof: Mapping[str, Comparison], refused: Sequence[str]) -> None:
    """Print the figures of both models, the decisions that changed, worst first, and what the gate says."""
    for title, comparison in proof.items():
        click.echo(f"{title}, {comparison.n_cases:,} texts")
        if comparison.n_cases:
            click.echo(_table(comparison))
    for title, comparison in proof.items():
        broken = [change for change in comparison.changes if change.broke]
        for change in broken[:_MOST_CHANGES]:
            click.echo(f"worse: {title}: {_in_words(change)}")
        if len(broken) > _MOST_CHANGES:
            click.echo(f"worse: {title}: and {len(broken) - _MOST_CHANGES:,} more")
    for fault in refused:
        click.echo(f"refused: {fault}")
    if not refused:
        click.echo("the gate is open: no floor falls")


def report_proof(
    folder: Path,
    guards: tuple[Guard, Guard],
    proof: Mapping[str, Comparison],
    refused: Sequence[str],
    plots: Sequence[str] = (),
) -> None:
    """Write what :func:`show_proof` prints as a page with plots, and say where.

    Parameters
    ----------
    folder
        Where to.
    guards
        Base and candidate.
    proof, refused
        As for :func:`show_proof`.
    plots
        SVG elements that stand before the curves of both models.
    """
    from spamguard.learning.proof.gate import FLOOR_SET, floor_cases
    from spamguard.learning.proof.report import curves, write_report

    drawn = [*plots, *curves(*guards, floor_cases(), FLOOR_SET)]
    write_report(folder, guards[1].model_id, proof, refused, drawn)
    click.echo(f"report written to {folder}", err=True)


def _table(comparison: Comparison) -> str:
    """Return the figures as a table."""
    rows: list[tuple[str, ...]] = [("", "base", "candidate", "difference", "95 % interval")]
    for name, one in comparison.figures.items():
        shown = ["-" if value is None else str(value) for value in (one.base, one.candidate)]
        rows.append((name, *shown, f"{one.difference:+}", f"{one.low:+} to {one.high:+}"))
    broke = sum(change.broke for change in comparison.changes)
    mended = sum(change.mended for change in comparison.changes)
    last = f"changed: {len(comparison.changes):,} texts, {mended:,} now right, {broke:,} no longer"
    return "\n".join([*columns(rows), last])


def _in_words(change: Change) -> str:
    """Name a changed text, and what was taken or left of it now."""
    old, new = ({span.text for span in result.spans} for result in (change.before, change.after))
    taken = ", ".join(visible(text)[:60] for text in sorted(new - old)) or "nothing"
    left = ", ".join(visible(text)[:60] for text in sorted(old - new)) or "nothing"
    return f"{visible(change.case.name)}: now takes {taken}; now leaves {left}"

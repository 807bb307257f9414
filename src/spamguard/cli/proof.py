"""A comparison of two models, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from spamguard.cli.display import columns, visible

if TYPE_CHECKING:
    from spamguard.learning.proof.comparison import Change, Comparison

_MOST_CHANGES = 10


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

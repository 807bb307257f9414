"""A batch run on a cluster as its user sees it: faults, summary."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from spamguard.batch.outcomes import Outcome, Summary
from spamguard.batch.planning import plan_shards, run_name
from spamguard.batch.shards import Shard, ShardCleaner, ShardReport
from spamguard.batch.stores import sweep
from spamguard.cli.choices import Choices
from spamguard.cli.complaints import complaints
from spamguard.cli.display import visible
from spamguard.integrations.ray_data import spread


def clean_shards(choices: Choices, sources: Sequence[str], out: str, address: str | None) -> Summary:
    """Clean files and folders on a cluster and tell the user; return the counts.

    Parameters
    ----------
    choices
        The options; paths and output are taken from the next two.
    sources, out
        Local paths or URLs.
    address
        Address of the cluster.

    Raises
    ------
    InputError
        If results would meet each other or an original, or a URL cannot be listed.
    SpamguardError
        If the model cannot be loaded, or no cluster answers.
    """
    run = run_name(sources, out)
    summary = Summary()
    work = _work(choices, run)
    planned = list(plan_shards(sources, out, choices.settings.chosen))
    shards = [one for one in planned if isinstance(one, Shard)]
    for one in planned:
        if isinstance(one, Outcome):
            _tell(_alone(one), summary, choices.quiet)
    try:
        n_workers, is_shown = choices.workers or None, not choices.quiet
        told = spread(work, shards, n_workers=n_workers, address=address, is_shown=is_shown)
        for shard, report in told:
            _tell(report or _lost(shard), summary, choices.quiet)
    finally:
        with suppress(Exception):
            sweep(out, run)
    if not choices.quiet:
        click.echo("\n".join([*summary.lines(), f"results in {visible(out)}"]), err=True)
    return summary


def _work(choices: Choices, run: str) -> ShardCleaner:
    """Return what cleans on the workers, whose working folders are others; the model is looked for first."""
    model = choices.model and Path(os.path.abspath(choices.model))
    recipe = replace(choices.recipe, model=model)
    recipe.fingerprint()
    return ShardCleaner(recipe, choices.settings, max_removed=choices.max_removed, run=run)


def _lost(shard: Shard) -> ShardReport:
    """Return the report of a shard that no worker lived to clean."""
    reason = "no worker could finish it, perhaps for want of memory"
    return _alone(Outcome(shard.name, "failed", reason=reason))


def _alone(outcome: Outcome) -> ShardReport:
    """Return the report of a file of which nothing else is known."""
    report = ShardReport()
    report.add(outcome)
    return report


def _tell(report: ShardReport, summary: Summary, quiet: bool) -> None:
    """Count what a shard's report says, and name on standard error what is amiss."""
    summary.merge(report.summary)
    for line in _complaints(report, quiet):
        click.echo(line, err=True)


def _complaints(report: ShardReport, quiet: bool) -> Iterator[str]:
    """Yield what must be said of a shard."""
    for event in report.events:
        if isinstance(event, Outcome) and report.n_untold:
            yield f"left alone {report.n_untold:,} more in {visible(event.name)}"
        yield from complaints(event, quiet=quiet)

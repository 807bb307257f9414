"""`spamguard undo`: taking a run in place back."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from spamguard.cli.display import visible


@click.command("undo", short_help="Take a run with --in-place back.")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="RUN")
@click.option("-q", "--quiet", is_flag=True, help="Name only files that were refused.")
def undo_command(run: Path, quiet: bool) -> None:
    """Give every file that a run with --in-place cleaned its original content back, to the byte.

    RUN is the folder of the undo log, which the run named at its end; it lies in .spamguard-undo in the
    folder that was cleaned. A file that has changed since is refused and named. The log is removed once
    all of it is undone.

    Exit status: 0 all undone, 1 some refused, 2 wrong usage.
    """
    from spamguard.batch.outcomes import counted
    from spamguard.batch.undo import undo

    counts: Counter[str] = Counter()
    for file in undo(run):
        counts[file.status] += 1
        if file.reason:
            click.echo(f"refused {visible(file.name)}: {visible(file.reason)}", err=True)
    if not quiet:
        refused = f", {counts['refused']:,} refused" if counts["refused"] else ""
        click.echo(f"{counted(counts['restored'], 'file')} restored{refused}", err=True)
    sys.exit(1 if counts["refused"] else 0)

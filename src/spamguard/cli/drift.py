"""`spamguard drift`: what changed in what is found."""

from __future__ import annotations

from pathlib import Path

import click

import spamguard
from spamguard.cli.display import columns, visible
from spamguard.errors import FormatError, InputError

_REPORT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("drift", short_help="See when to retrain: what changed in what is found.")
@click.argument("reports", nargs=-1, required=True, type=_REPORT, metavar="REPORTS...")
@click.option("--threshold", type=click.FloatRange(0, 1),
              help="What was cleaned with; the shipped model's newsroom threshold by default.")  # fmt: skip
@click.option("--plot", "plot_path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg",
              help="Draw new strings and doubtful scores by month.")  # fmt: skip
def drift_command(reports: tuple[Path, ...], threshold: float | None, plot_path: Path | None) -> None:
    """Compare REPORTS of spamguard clean --report, month by month.

    The month is the first date in a file's name, such as removed-2026-11.jsonl, or else when it was written.
    Reports may be packed: .gz .zst .xz .bz2.
    """
    from spamguard.learning.drift import advice, months, plot
    from spamguard.model.detector import DEFAULT_PROFILE

    if threshold is None:
        threshold = spamguard.load().manifest["thresholds"][DEFAULT_PROFILE]
    found = months(reports, threshold, _content)
    rows = [("month", "spans", "new strings", "near threshold", "categories")]
    for month in found:
        most = sorted(month.categories.items(), key=lambda one: -one[1])[:3]
        shown = ", ".join(f"{name} {share:.0%}" for name, share in most)
        shares = f"{month.share_new:.0%}", f"{month.share_near:.0%}"
        rows.append((month.name, f"{month.n_spans:,}", *shares, shown))
    click.echo("\n".join(columns(rows)))
    for month in found:
        if month.new_strings:
            click.echo(f"new in {month.name}, with how often each was found:")
            click.echo("\n".join(f"{count:>7,}  {visible(string)}" for string, count in month.new_strings))
    click.echo(advice(found))
    if plot_path is not None:
        plot_path.write_text(plot(found) + "\n", "utf-8")
        click.echo(f"plot written to {plot_path}", err=True)


def _content(path: Path) -> bytes:
    """Return a report's content, unpacked."""
    from spamguard.batch.packing import SUFFIXES, unpacked

    with path.open("rb") as source:
        try:
            return unpacked(source, path.suffix if path.suffix in SUFFIXES else "").read()
        except FormatError as error:
            raise InputError(f"{path}: {error}") from None

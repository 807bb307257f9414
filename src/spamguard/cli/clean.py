"""`spamguard clean`: files, folders or standard input."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

import spamguard
from spamguard.cli.engine import engine_options
from spamguard.cli.options import json_option, model_option, profile_option, threshold_option
from spamguard.errors import InputError

STREAM = Path("-")


@click.command("clean", short_help="Remove injected spam from files, folders or standard input.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the results.")
@click.option("--in-place", is_flag=True, help="Write the results over the originals.")
@click.option("--dry-run", is_flag=True, help="Write no results; say what would be removed.")
@click.option("--diff", is_flag=True, help="Show every removal in its line, as [-removed-].")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help="Write one JSON line for each span: file, start, end, text, score, category.",
)
@json_option
@threshold_option
@profile_option
@model_option
@engine_options
def clean_command(
    paths: tuple[Path, ...],
    out: Path | None,
    in_place: bool,
    dry_run: bool,
    diff: bool,
    report: Path | None,
    as_json: bool,
    threshold: float | None,
    profile: str | None,
    model: Path | None,
) -> None:
    """Remove injected spam from files, folders, or - for standard input.

    The result of article.txt is article.cleaned.txt next to it, that of a folder is NAME.cleaned/ next to
    it with the same tree; --out names another folder. Originals stay as they are unless --in-place is
    given. Files that are no UTF-8 text are copied as they are and named as skipped. Links out of a folder
    are not followed.

    With - the cleaned text goes to standard output; in its stead --diff prints the removals, --json the
    whole result, --dry-run nothing. For files, --json prints one JSON line each.

    The summary goes to standard error. Exit status: 0 all cleaned, 1 some failed (named), 2 wrong usage.
    """
    from spamguard.batch.roots import plan_roots
    from spamguard.cli.cleaning import View, clean_paths, clean_stream

    if diff and as_json:
        raise InputError("--diff and --json exclude each other")
    streaming = STREAM in paths
    if streaming and (len(paths) > 1 or out or in_place):
        raise InputError("- stands alone, without --out and --in-place: its result goes to standard output")
    roots = [] if streaming else plan_roots(paths, out=out, in_place=in_place, report=report)
    clean = partial(spamguard.load(model).clean_many, threshold=threshold, profile=profile)
    view = View(diff=diff, as_json=as_json, report=report, dry_run=dry_run)
    summary = clean_stream(clean, view) if streaming else clean_paths(clean, roots, view)
    sys.exit(1 if summary.n_files["failed"] else 0)

"""`spamguard clean`: files, folders or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from spamguard.cli.engine import engine_options
from spamguard.cli.options import (
    PROFILES,
    encoding_option,
    exclude_option,
    field_option,
    format_option,
    include_option,
    json_option,
    key_option,
    max_removed_option,
    model_option,
    overwrite_option,
    report_option,
    workers_option,
)
from spamguard.errors import InputError
from spamguard.spans import CATEGORIES

STREAM = Path("-")
_PATH = click.Path(path_type=Path)
_LIST = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("clean", short_help="Remove injected spam from files, folders or standard input.")
@click.argument("paths", nargs=-1, type=_PATH, metavar="[PATH]...")
@click.option("--out", type=_PATH, metavar="DIR", help="Folder for the results.")
@click.option(
    "--in-place",
    is_flag=True,
    help="Write the results over the originals; keeps an undo log. A file's other hard links keep the spam.",
)
@overwrite_option
@click.option("--dry-run", is_flag=True, help="Write no results; say what would be removed.")
@click.option(
    "--sample",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Try N documents drawn at random from all there are; write no results.",
)
@click.option("--diff", is_flag=True, help="Show every removal in its line, as [-removed-].")
@report_option
@click.option(
    "--html-report", type=_PATH, metavar="DIR", help="Write a page with figures and samples, DIR/index.html."
)
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but faults.")
@include_option
@exclude_option
@format_option
@field_option
@key_option
@encoding_option
@click.option(
    "--unknown",
    type=click.Choice(("copy", "omit")),
    default="copy",
    show_default=True,
    help="What becomes of files of unknown types.",
)
@click.option(
    "--threshold",
    "--min-score",
    type=click.FloatRange(0, 1),
    help="Least score of a span, 0 to 1; the model's own by default.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="newsroom touches good text least, corpus leaves the least spam; the model's own default.",
)
@click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice(CATEGORIES),
    help="Remove only this; repeatable.",
)
@click.option("--allow", type=_LIST, metavar="FILE", help="Phrases that stay, one a line.")
@click.option("--deny", type=_LIST, metavar="FILE", help="Phrases that go wherever they stand, one a line.")
@max_removed_option
@click.option(
    "--review-queue",
    metavar="STORE",
    help="Let such documents wait on the review page: the store that SPAMGUARD_FEEDBACK names, "
    "sqlite: and a file, or a postgresql:// URL.",
)
@workers_option
@model_option
@engine_options
def clean_command(**chosen: Any) -> None:  # noqa: ANN401  (click's own)
    """Remove injected spam from files, folders, or - for standard input.

    The result of article.txt is article.cleaned.txt next to it, that of a folder
    is NAME.cleaned/ next to it with the same tree; --out names another folder.
    Originals stay as they are unless --in-place is given. What bears the name of a
    result is replaced only if this command made it and nobody has changed it since.

    FORMATS. Endings tell: .txt .md (text), .html .htm .xhtml, .jsonl .ndjson,
    .csv .tsv, .parquet, .warc .wet; each also with .gz .zst .xz .bz2 behind it,
    written back in kind. What is not spam comes out to the byte: markup, other
    fields, other records. Files of other types are copied as they are and named
    as skipped. Links out of a folder are not followed.

    STREAMS. Without a PATH, or with -, the cleaned text goes from standard input
    to standard output; in its stead --diff prints the removals, --json what was
    found, --dry-run nothing. --format jsonl and the like read records one after
    another, in constant memory.

    KILLED RUNS. The same command goes on where it was; results and report are
    those of a run that was never killed. `spamguard undo` takes a run with
    --in-place back.

    The summary goes to standard error. Exit status: 0 all cleaned, 1 some failed
    (named), 2 wrong usage.

    \b
    Examples:
      spamguard clean article.txt
      spamguard clean news/ --out cleaned/ --report removed.jsonl
      spamguard clean crawl.jsonl.zst --field content --field meta.title
      spamguard clean archive/ --sample 200 --html-report look/
      zcat news.jsonl.gz | spamguard clean --format jsonl | gzip > clean.jsonl.gz
    """  # noqa: D301  (the escape is click's: these lines stay as they are)
    from spamguard.cli.choices import Choices
    from spamguard.cli.cleaning import clean_paths, clean_standard_input

    chosen["paths"] = chosen["paths"] or _standard_input()
    choices = Choices(**chosen)
    streaming = STREAM in choices.paths
    summary = clean_standard_input(choices) if streaming else clean_paths(choices)
    sys.exit(1 if summary.has_faults else 0)


def _standard_input() -> tuple[Path, ...]:
    """Return standard input as the path, unless a person sits there and would wait in vain."""
    if sys.stdin.isatty():
        raise InputError("name a PATH, or - for standard input; spamguard clean --help says more")
    return (STREAM,)

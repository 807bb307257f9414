"""`spamguard label`: texts in which people marked the spam."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import spamguard
from spamguard.cli.display import visible
from spamguard.cli.extras import needs_extra
from spamguard.cli.options import model_option
from spamguard.cli.review_queue import is_store, put_up
from spamguard.errors import InputError
from spamguard.spans import CATEGORIES

FORMAT_NAMES = "native quick doccano label-studio prodigy argilla csv parquet dataset feedback".split()
_QUEUES = ("label-studio", "doccano", "prodigy", "argilla", "native")
format_option = click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMAT_NAMES),
    help="Format of the files; guessed by default.",
)
as_option = click.option(
    "--as",
    "names",
    multiple=True,
    metavar="NAME=CATEGORY",
    help="What a tool's label stands for: a category, spam, or nothing after = if it marks no spam.",
)


def meanings(names: tuple[str, ...]) -> dict[str, str]:
    """Read what --as says.

    Raises
    ------
    InputError
        If one has no ``=``.
    """
    for name in names:
        if "=" not in name:
            raise InputError(f"--as must be NAME=CATEGORY, got {visible(name)}")
    return {name: meaning for name, _, meaning in (one.rpartition("=") for one in names)}


@click.group("label", short_help="Mark spam, check and convert labels, choose what to label.")
def label_group() -> None:
    """Work with labels: texts in which people marked the spam."""


@label_group.command("add")
@click.argument("strings", nargs=-1, metavar="STRING...")
@click.option("--ham", is_flag=True, help="The strings are legitimate.")
@click.option(
    "--in", "article", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Mark the strings wherever they stand in this article.",
)  # fmt: skip
@click.option("--category", type=click.Choice(CATEGORIES), default="other", show_default=True)
@click.option("--source", default="", help="Where the article comes from, such as a site.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="File to add to: labels.txt by default, labels.jsonl with --in.",
)  # fmt: skip
def add_command(
    strings: tuple[str, ...],
    ham: bool,
    article: Path | None,
    category: str,
    source: str,
    to: Path | None,
) -> None:
    """Add strings that are spam, or legitimate with --ham, to a file of labels.

    With --in an article is added, the strings marked in it; with --ham, too, it is added as clean.
    """
    from spamguard.learning.labels.adding import add_marked, add_strings

    if not strings and not (ham and article):
        raise InputError("name at least one STRING; none is needed with --ham and --in, for a clean article")
    if article is None:
        target = to or Path("labels.txt")
        add_strings(strings, target, is_spam=not ham)
        click.echo(f"{len(strings)} added to {target}", err=True)
        return
    target = to or Path("labels.jsonl")
    count = add_marked(article, () if ham else strings, target, category=category, source=source)
    click.echo(f"{article}: {count} spans marked, added to {target}", err=True)


@label_group.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="LABELS...")
@format_option
@as_option
@click.option("--quota", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
              help="Greatest share of the labels that one source may hold.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything was found.")
def check_command(
    paths: tuple[str, ...], format_name: str | None, names: tuple[str, ...], quota: float, strict: bool
) -> None:
    """Look labels over: duplicates, contradictions, spans that part words, missing classes, quotas."""
    from spamguard.learning.labels.checks import check, summary
    from spamguard.learning.labels.reading import read_labels

    reading = read_labels(paths, format_name=format_name, names=meanings(names))
    for repair in reading.repairs:
        click.echo(f"repaired {repair}", err=True)
    findings = check(reading.labels, quota=quota)
    n_marks = sum(len(label.marks) for label in reading.labels)
    click.echo(f"{len(reading.labels):,} labels, {n_marks:,} spans")
    for kind, count, places in summary(findings):
        click.echo(f"{kind:<24} {count:>6}  {places}".rstrip())
    sys.exit(1 if strict and findings else 0)


@label_group.command("convert")
@click.argument("paths", nargs=-1, required=True, metavar="LABELS...")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), metavar="PATH")
@format_option
@as_option
@click.option("--to-format", type=click.Choice([one for one in FORMAT_NAMES if one != "feedback"]),
              help="Format to write; by default native for .jsonl, and as the ending says.")  # fmt: skip
def convert_command(
    paths: tuple[str, ...],
    target: Path,
    format_name: str | None,
    names: tuple[str, ...],
    to_format: str | None,
) -> None:
    """Read labels of any format and write them in another."""
    from spamguard.learning.labels.formats import written_as
    from spamguard.learning.labels.reading import read_labels

    reading = read_labels(paths, format_name=format_name, names=meanings(names))
    for repair in reading.repairs:
        click.echo(f"repaired {repair}", err=True)
    written_as(to_format, target)(reading.labels, target)
    click.echo(f"{len(reading.labels):,} labels written to {target}", err=True)


@label_group.command("queue")
@click.argument("folder", type=click.Path(exists=True, path_type=Path), metavar="DIR")
@click.option(
    "--to", "target", required=True, type=click.Path(dir_okay=False), metavar="FILE|STORE",
    help="File for a label tool; or, for the review page, the store that SPAMGUARD_FEEDBACK names: "
    "sqlite: and a file, or a postgresql:// URL.",
)  # fmt: skip
@click.option("--to-format", type=click.Choice(_QUEUES), default="label-studio", show_default=True)
@click.option("--count", type=click.IntRange(1), default=50, show_default=True, help="How many texts.")
@model_option
def queue_command(folder: Path, target: str, to_format: str, count: int, model: Path | None) -> None:
    """Choose the texts of a folder that are worth a person's time, with what the model would mark.

    Those come first in which the model is least sure, and in which a string stands that many texts share;
    no two of the same kind follow each other while others wait.
    """
    with needs_extra("the queue", "train"):
        from spamguard.learning.labels.queue import choose, read_texts, write_queue

    texts = list(read_texts(folder))
    guard = spamguard.load(model)
    chosen = choose(texts, guard, count)
    if is_store(target):
        with needs_extra("the review page's queue", "service"):
            n_waiting, place = put_up(chosen, target), "the review page's queue"
    else:
        write_queue(chosen, Path(target), to_format, guard.model_id)
        n_waiting, place = len(chosen), target
    for item in chosen[:10]:
        click.echo(f"{item.worth:.2f}  {item.reason:<40} {visible(item.label.id)}")
    click.echo(f"{n_waiting} of {len(texts)} texts written to {place}", err=True)

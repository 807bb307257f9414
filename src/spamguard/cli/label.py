"""`spamguard label`: texts in which people marked the spam."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import spamguard
from spamguard.cli.display import visible
from spamguard.cli.extras import needs_extra
from spamguard.cli.options import model_option, overwrite_option
from spamguard.cli.review_queue import is_store, put_up
from spamguard.errors import InputError
from spamguard.spans import CATEGORIES

if TYPE_CHECKING:
    from spamguard.batch.marks import Claim
    from spamguard.learning.labels.record import Label

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
text_option = click.option(
    "--text-field",
    default="text",
    show_default=True,
    metavar="NAME",
    help="Field or column that holds the text.",
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
@click.option(
    "--category", type=click.Choice(CATEGORIES), help="Of the marks in the article; other by default."
)
@click.option("--source", help="Where the article comes from, such as a site.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="File to add to: labels.txt by default, labels.jsonl with --in.",
)  # fmt: skip
def add_command(
    strings: tuple[str, ...],
    ham: bool,
    article: Path | None,
    category: str | None,
    source: str | None,
    to: Path | None,
) -> None:
    """Add strings that are spam, or legitimate with --ham, to a file of labels.

    With --in an article is added, the strings marked in it; with --ham and no string it is added as clean.
    """
    from spamguard.learning.labels.adding import add_marked, add_strings

    _refuse_mixtures(strings, ham, article, category=category, source=source)
    if article is None:
        target = to or Path("labels.txt")
        add_strings(strings, target, is_spam=not ham)
        click.echo(f"{len(strings)} added to {target}", err=True)
        return
    target = to or Path("labels.jsonl")
    count = add_marked(article, strings, target, category=category or "other", source=source or "")
    click.echo(f"{article}: {count} spans marked, added to {target}", err=True)


def _refuse_mixtures(
    strings: tuple[str, ...], ham: bool, article: Path | None, **of_articles: str | None
) -> None:
    """Refuse what would be ignored."""
    if not strings and not (ham and article):
        raise InputError("name at least one STRING; none is needed with --ham and --in, for a clean article")
    if strings and ham and article:
        raise InputError("with --ham, --in adds the whole article as clean: leave the STRINGs or --ham out")
    given = [f"--{name}" for name, value in of_articles.items() if value is not None]
    if article is None and given:
        raise InputError(f"{' and '.join(given)}: only with --in; a line of one string has no place for it")
    if ham and "--category" in given:
        raise InputError("--category: only of spam, not with --ham")


@label_group.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="LABELS...")
@format_option
@as_option
@text_option
@click.option("--quota", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
              help="Greatest share of the labels that one source may hold.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything was found.")
def check_command(
    paths: tuple[str, ...],
    format_name: str | None,
    names: tuple[str, ...],
    text_field: str,
    quota: float,
    strict: bool,
) -> None:
    """Look labels over: duplicates, contradictions, spans that part words, missing classes, quotas."""
    with needs_extra("checking labels", "train"):
        from spamguard.learning.labels.checks import check, summary

    labels = _read(paths, format_name, names, text_field)
    findings = check(labels, quota=quota)
    n_marks = sum(len(label.marks) for label in labels)
    click.echo(f"{len(labels):,} labels, {n_marks:,} spans")
    for kind, count, places in summary(findings):
        click.echo(f"{kind:<24} {count:>6}  {places}".rstrip())
    sys.exit(1 if strict and findings else 0)


@label_group.command("convert")
@click.argument("paths", nargs=-1, required=True, metavar="LABELS...")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), metavar="PATH")
@format_option
@as_option
@text_option
@click.option("--to-format", type=click.Choice([one for one in FORMAT_NAMES if one != "feedback"]),
              help="Format to write; by default native for .jsonl, and as the ending says.")  # fmt: skip
@overwrite_option
def convert_command(
    paths: tuple[str, ...],
    target: Path,
    format_name: str | None,
    names: tuple[str, ...],
    text_field: str,
    to_format: str | None,
    overwrite: bool,
) -> None:
    """Read labels of any format and write them in another."""
    from spamguard.batch.marks import claim_on
    from spamguard.cli.outputs import write_whole
    from spamguard.learning.labels.formats import written_as

    claim = claim_on(*map(Path, paths), role="labels", overwrite=overwrite)
    write = written_as(to_format, target)
    _refuse_taken(target, claim, is_folder=to_format == "dataset")
    labels = _read(paths, format_name, names, text_field)
    if to_format == "dataset":
        write(labels, target)
    else:
        write_whole(target, claim, lambda path: write(labels, path))
    click.echo(f"{len(labels):,} labels written to {target}", err=True)


def _refuse_taken(target: Path, claim: Claim, *, is_folder: bool = False) -> None:
    """Refuse a name that bears labels already: they are people's work."""
    from spamguard.cli.outputs import is_stream, refuse_taken

    if is_folder and target.exists() and not claim.overwrite:
        raise InputError(f"{visible(str(target))} is there: --overwrite replaces it")
    if not is_folder and not is_stream(target):
        refuse_taken([target], claim)


def _read(
    paths: tuple[str, ...], format_name: str | None, names: tuple[str, ...], text_field: str
) -> list[Label]:
    """Read labels, of which there must be some, and say what was repaired."""
    from spamguard.learning.labels.reading import read_labels

    reading = read_labels(paths, format_name=format_name, names=meanings(names), text_field=text_field)
    for repair in reading.repairs:
        click.echo(f"repaired {repair}", err=True)
    if not reading.labels:
        raise InputError(f"{', '.join(map(visible, paths))}: no labels in there")
    return reading.labels


@label_group.command("queue")
@click.argument("folder", type=click.Path(exists=True, path_type=Path), metavar="DIR")
@click.option(
    "--to", "target", required=True, type=click.Path(dir_okay=False), metavar="FILE|STORE",
    help="File for a label tool; or, for the review page, the store that SPAMGUARD_FEEDBACK names: "
    "sqlite: and a file, or a postgresql:// URL.",
)  # fmt: skip
@click.option("--to-format", type=click.Choice(_QUEUES), default="label-studio", show_default=True)
@click.option("--count", type=click.IntRange(1), default=50, show_default=True, help="How many texts.")
@overwrite_option
@model_option
def queue_command(
    folder: Path, target: str, to_format: str, count: int, overwrite: bool, model: Path | None
) -> None:
    """Choose the texts of a folder that are worth a person's time, with what the model would mark.

    Those come first in which the model is least sure, and in which a string stands that many texts share;
    no two of the same kind follow each other while others wait. A queue's file holds guesses, and is refused
    as labels until a person has judged them. The source of a text is the subfolder that it lies in.
    """
    from spamguard.batch.marks import claim_on
    from spamguard.cli.outputs import write_whole

    with needs_extra("the queue", "train"):
        from spamguard.learning.labels.queue import choose, read_texts, write_queue

    claim = claim_on(folder, role="queue", overwrite=overwrite)
    if not is_store(target):
        _refuse_taken(Path(target), claim)
    texts = list(read_texts(folder))
    guard = spamguard.load(model)
    chosen = choose(texts, guard, count)
    if is_store(target):
        with needs_extra("the review page's queue", "service"):
            n_waiting, place = put_up(chosen, target), "the review page's queue"
    else:
        write_whole(Path(target), claim, lambda path: write_queue(chosen, path, to_format, guard.model_id))
        n_waiting, place = len(chosen), target
        if to_format == "doccano":
            click.echo("doccano shows guesses like a person's labels: look over each text of them", err=True)
    for item in chosen[:10]:
        click.echo(f"{item.worth:.2f}  {item.reason:<40} {visible(item.label.id)}")
    click.echo(f"{n_waiting} of {len(texts)} texts written to {place}", err=True)

"""`spamguard campaigns`: what recurs over a corpus, and whom to block."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spamguard.cli.display import columns, visible
from spamguard.cli.options import (
    encoding_option,
    field_option,
    format_option,
    json_option,
    key_option,
    model_option,
    profile_option,
    threshold_option,
    workers_option,
)
from spamguard.errors import InputError

if TYPE_CHECKING:
    from spamguard.campaigns.campaign import Campaign

_SHOWN_CHARS = 48


@click.command("campaigns", short_help="Find the same ad in many documents; list its contacts.")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR|REPORT")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write the tables here."
)
@click.option("--two-pass", is_flag=True, help="Clean DIR with this knowledge, into cleaned/ below --out.")
@click.option("--min-documents", type=click.IntRange(2), default=3, show_default=True, metavar="N",
              help="Unrelated documents that a campaign stands in at least.")  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="List recurring strings that are no campaigns, too.")
@format_option
@field_option
@key_option
@encoding_option
@json_option
@threshold_option
@profile_option
@workers_option
@model_option
def campaigns_command(
    source: Path,
    out: Path | None,
    two_pass: bool,
    min_documents: int,
    show_all: bool,
    as_json: bool,
    threshold: float | None,
    profile: str | None,
    workers: int,
    model: Path | None,
    **reading_options: Any,  # noqa: ANN401  (click's own)
) -> None:
    """Find campaigns: the same odd string in many otherwise unrelated documents.

    DIR is a folder, read recursively: every format that `spamguard clean` reads, each record a document.
    REPORT is what `spamguard clean --report` wrote. A string that the detector suspects counts, even below
    the threshold, if it recurs in unrelated documents and the detector is sure of it in some of them.
    Bylines, slogans and page furniture recur too; --all shows them, marked "recurring".

    With --out, campaigns.jsonl holds all that is known, campaigns.csv the table, contacts.csv the QQ,
    WeChat, LINE, KakaoTalk, Telegram, WhatsApp, telephone and domain of each campaign, for block lists.
    With --two-pass the folder is cleaned too: what `spamguard clean` removes, and what campaigns left.

    Exit status: 0 all read, 1 some files or records left out (named), 2 wrong usage.
    """
    from spamguard.batch.processes import keep_to_one_core

    keep_to_one_core()
    from spamguard.batch.kinds import Reading
    from spamguard.campaigns.first_pass import Settings
    from spamguard.cli.corpus import Crew, clean_corpus, hear_corpus, hear_report

    if two_pass and (out is None or not source.is_dir()):
        raise InputError("--two-pass needs a folder to read and --out")
    fields = reading_options.pop("fields") or ("text",)
    reading = Reading(fields, **reading_options)
    settings = Settings(threshold=threshold, profile=profile, min_documents=min_documents)
    if not source.is_dir():
        found, has_faults = hear_report(source, settings)
    elif two_pass and out is not None:
        found, has_faults = clean_corpus(Crew(model, workers), source, out / "cleaned", settings, reading)
    else:
        found, has_faults = hear_corpus(Crew(model, workers), source, settings, reading)
    _tell(found if show_all else [one for one in found if one.verdict == "campaign"], as_json)
    if out is not None:
        _write(found, out)
    sys.exit(1 if has_faults else 0)


def _tell(found: list[Campaign], as_json: bool) -> None:
    """Print the table."""
    from spamguard.campaigns.tables import json_lines, table_row

    if as_json:
        for line in json_lines(found):
            click.echo(line, nl=False)
        return
    rows = [("campaign", "documents", "folders", "category", "contacts", "first", "last")]
    for one in found:
        _, documents, _, _, folders, category, _, name, contacts, first, last = map(visible, table_row(one))
        shown = name if one.verdict == "campaign" else f"(recurring) {name}"
        rows.append(
            (shown[:_SHOWN_CHARS], documents, folders, category, contacts[:_SHOWN_CHARS], first, last)
        )
    click.echo("\n".join(columns(rows)))


def _write(found: list[Campaign], out: Path) -> None:
    """Write the tables, each whole or not at all."""
    from spamguard.batch.writing import whole_file
    from spamguard.campaigns.tables import contacts_csv, json_lines, table_csv

    out.mkdir(parents=True, exist_ok=True)
    contents = {
        "campaigns.jsonl": "".join(json_lines(found)),
        "campaigns.csv": table_csv(found),
        "contacts.csv": contacts_csv(found),
    }
    for name, content in contents.items():
        with whole_file(out / name) as stream:
            stream.write(content.encode())
    click.echo(f"tables in {visible(str(out))}", err=True)

"""`spamguard campaigns`: what recurs over a corpus, and whom to block."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spamguard.cli.display import columns, visible
from spamguard.cli.options import (
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
    profile_option,
    report_option,
    threshold_option,
    workers_option,
)
from spamguard.errors import InputError

if TYPE_CHECKING:
    from spamguard.batch.marks import Claim
    from spamguard.batch.roots import Root
    from spamguard.campaigns.campaign import Campaign
    from spamguard.cli.corpus import Found

_SHOWN_CHARS = 48
_TABLES = ("campaigns.jsonl", "campaigns.csv", "contacts.csv")


@click.command("campaigns", short_help="Find the same ad in many documents; list its contacts.")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR|REPORT")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write the tables here."
)
@click.option("--two-pass", is_flag=True, help="Clean DIR with this knowledge, into cleaned/ below --out.")
@click.option("--min-documents", type=click.IntRange(2), default=3, show_default=True, metavar="N",
              help="Unrelated documents that a campaign stands in at least.")  # fmt: skip
@report_option
@overwrite_option
@include_option
@exclude_option
@click.option("--all", "show_all", is_flag=True, help="List recurring strings that are no campaigns, too.")
@format_option
@field_option
@key_option
@encoding_option
@json_option
@threshold_option
@profile_option
@max_removed_option
@workers_option
@model_option
def campaigns_command(
    source: Path,
    out: Path | None,
    two_pass: bool,
    show_all: bool,
    as_json: bool,
    report: Path | None,
    overwrite: bool,
    **options: Any,  # noqa: ANN401  (click's own)
) -> None:
    """Find campaigns: the same odd string in many otherwise unrelated documents.

    DIR is a folder, read recursively: every format that `spamguard clean` reads, each record a document.
    REPORT is what `spamguard clean --report` wrote. A string that the detector suspects counts, even below
    the threshold, if it recurs in unrelated documents and the detector is sure of it in some of them.
    Bylines, slogans and page furniture recur too; --all shows them, marked "recurring".

    With --out, campaigns.jsonl holds all that is known, campaigns.csv the table, contacts.csv the QQ,
    WeChat, LINE, KakaoTalk, Telegram, WhatsApp, telephone and domain of each campaign, for block lists.
    With --two-pass the folder is cleaned too: what `spamguard clean` removes, and what campaigns left;
    --report tells each span. Killed, the same command hears the folder again and goes on cleaning.

    Exit status: 0 all read, 1 some files or records left out (named), 2 wrong usage.
    """
    from spamguard.batch.processes import keep_to_one_core

    keep_to_one_core()
    from spamguard.batch.marks import claim_on

    if two_pass and (out is None or not source.is_dir()):
        raise InputError("--two-pass needs a folder to read and --out")
    if report and not two_pass:
        raise InputError("--report needs --two-pass: it tells what was removed")
    if options["max_removed"] is not None and not two_pass:
        raise InputError("--max-removed needs --two-pass: nothing else is removed")
    claim = claim_on(role="tables", overwrite=overwrite)
    root = _plan(source, out, report, two_pass, claim) if out is not None else None
    found, has_faults = _hear(source, root, report, overwrite, options)
    _tell(found if show_all else [one for one in found if one.verdict == "campaign"], as_json)
    if out is not None:
        _write(found, out, claim)
    sys.exit(1 if has_faults else 0)


def _hear(
    source: Path, root: Root | None, report: Path | None, overwrite: bool, options: dict[str, Any]
) -> Found:
    """Return what recurs in a folder or a report; with a root the folder is cleaned, too."""
    from spamguard.batch.kinds import Reading
    from spamguard.batch.run import Settings as RunSettings
    from spamguard.batch.walking import Filter
    from spamguard.campaigns.first_pass import Settings
    from spamguard.cli.corpus import Crew, clean_corpus, hear_corpus, hear_report

    settings = Settings(**{name: options[name] for name in ("threshold", "profile", "min_documents")})
    if not source.is_dir():
        return hear_report(source, settings)
    crew = Crew(options["model"], options["workers"], options["max_removed"])
    how = {name: options[name] for name in ("format", "key", "encoding")}
    reading = RunSettings(
        Reading(options["fields"] or ("text",), **how),
        Filter(options["include"], options["exclude"]),
        overwrite=overwrite,
    )
    if root is None:
        return hear_corpus(crew, source, settings, reading)
    return clean_corpus(crew, root, settings, reading, report)


def _plan(source: Path, out: Path, report: Path | None, two_pass: bool, claim: Claim) -> Root | None:
    """Settle where all goes, and refuse what would cost a file; return where the cleaned folder goes."""
    from spamguard.batch.marks import claim_on
    from spamguard.batch.roots import plan_roots, refuse_others
    from spamguard.cli.outputs import check_report, refuse_taken

    tables = [out / name for name in _TABLES]
    refuse_taken(tables, claim)
    if report is not None:
        check_report(report, claim_on(role="report", overwrite=claim.overwrite))
    if not two_pass:
        refuse_others([source], [], tables)
        return None
    [root] = plan_roots([source], out=out / "cleaned", others=[*tables, *([report] if report else [])])
    return root


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


def _write(found: list[Campaign], out: Path, claim: Claim) -> None:
    """Write the tables, each whole or not at all."""
    from spamguard.batch.writing import make_folder, whole_file
    from spamguard.campaigns.tables import contacts_csv, json_lines, table_csv

    make_folder(out)
    contents = ("".join(json_lines(found)), table_csv(found), contacts_csv(found))
    for name, content in zip(_TABLES, contents, strict=True):
        with whole_file(out / name, claim=claim) as stream:
            stream.write(content.encode())
    click.echo(f"tables in {visible(str(out))}", err=True)

"""`spamguard evaluate`: the measures, by family, pattern and language."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import spamguard
from spamguard.cli.display import columns, visible
from spamguard.cli.options import PROFILES, json_option, model_option, profile_option, threshold_option

if TYPE_CHECKING:
    from spamguard.cleaner import Guard
    from spamguard.learning.evaluation import Evaluation, Mistake, Outcome

GROUPINGS = ("family", "pattern", "lang", "category", "length")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_MISSED_CONTEXT_CHARS = 20
_EXAMPLE_CHARS = 60
# Curves are drawn from all that is found, save what nobody would take for spam.
_OPEN_THRESHOLD = 0.01


@click.command("evaluate", short_help="Measure a model on cases whose spam is known.")
@click.argument("cases", nargs=-1, required=True, type=_FILE, metavar="CASES...")
@click.option("--by", multiple=True, type=click.Choice(GROUPINGS), help="Group by this too; may be repeated.")
@click.option("--show", default=0, type=click.IntRange(0), metavar="N", help="Show the first N mistakes.")
@click.option(
    "--kinds", default=0, type=click.IntRange(0), metavar="N", help="Show the N commonest kinds of error."
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write an HTML page with plots there.",
)
@click.option("--floors", type=_FILE, metavar="FILE.json", help="Fail where a figure breaks its floor.")
@json_option
@threshold_option
@profile_option
@model_option
def evaluate_command(
    cases: tuple[Path, ...],
    by: tuple[str, ...],
    show: int,
    kinds: int,
    report: Path | None,
    floors: Path | None,
    as_json: bool,
    threshold: float | None,
    profile: str | None,
    model: Path | None,
) -> None:
    """Measure a model on CASES: JSON lines of id, lang, family, pattern, text, clean, spans.

    restored: contaminated documents that come back equal (restored~: white space aside). recall,
    precision: of spam characters. altered: clean documents changed at all. lost: legitimate characters
    removed per million. Mistakes and kinds of error go to standard error.

    --report cleans the cases three times more, for the curves and both profiles, and writes DIR/index.html.

    A floors file is like {"all": {"restored": {"min": 0.9}, "altered": {"max": 0.002}}}, where "lang=zh"
    and the like stand for groups. Exit status: 0, 1 if a floor broke, 2 wrong usage.
    """
    from spamguard.learning.cases import read_cases
    from spamguard.learning.evaluation import evaluate
    from spamguard.learning.floors import fallen, keys_of, read_floors

    limits = read_floors(floors) if floors else {}
    read = [case for path in cases for case in read_cases(path)]
    guard = spamguard.load(model)
    clean = partial(guard.clean_many, threshold=threshold, profile=profile)
    outcome = evaluate(clean, read, by=sorted({*by, *keys_of(limits)}), n_mistakes=show)
    for mistake in outcome.mistakes:
        click.echo(as_lines(mistake), err=True)
    if kinds:
        click.echo(as_kinds(outcome, kinds), err=True)
    if report:
        click.echo(f"report written to {_write_report(report, guard, outcome)}", err=True)
    click.echo(json.dumps(outcome.rows, ensure_ascii=False, indent=1) if as_json else as_table(outcome))
    faults = fallen(limits, outcome.rows)
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def as_table(outcome: Evaluation) -> str:
    """Return the measures as a table, one row for each group, `all` first."""
    rows = outcome.rows
    measures = [measure for measure in rows["all"] if measure != "MB/s"]
    table = [["", *measures]]
    for group in sorted(rows, key=lambda group: (group != "all", group)):
        shown = ["-" if rows[group][measure] is None else str(rows[group][measure]) for measure in measures]
        table.append([group, *shown])
    return "\n".join([*columns(table), f"MB/s {rows['all']['MB/s']}"])


def as_lines(mistake: Mistake) -> str:
    """Return a mistake as lines: what was missed, with its surroundings, and what was wrongly taken."""
    text, groups = mistake.case.text, mistake.case.groups.values()
    lines = [f"--- {mistake.case.name} {' '.join(str(group) for group in groups)}"]
    for start, end in mistake.missed:
        before = max(0, start - _MISSED_CONTEXT_CHARS)
        lines.append(f"    missed  {visible(text[before : end + _MISSED_CONTEXT_CHARS])}")
    lines += [f"    wrong   {visible(text[start:end])}" for start, end in mistake.wrong]
    if not (mistake.missed or mistake.wrong):
        lines.append("    the spans are right, what the seam took is not")
    return "\n".join(lines)


def as_kinds(outcome: Evaluation, most: int) -> str:
    """Return the commonest kinds of error as a table, each with the longest of them."""
    from spamguard.learning.mistakes import commonest, errors_of

    counts = commonest((error for one in outcome.outcomes for error in errors_of(*one)), most)
    table = [["kind", "errors", "documents", "characters"]]
    table += [[one.kind, str(one.n_errors), str(one.n_documents), str(one.n_chars)] for one in counts]
    examples = ["", *(visible(one.example.text[:_EXAMPLE_CHARS]) for one in counts)]
    lines = zip(columns(table), examples, strict=True)
    return "\n".join(f"{line}   {example}".rstrip() for line, example in lines)


def _write_report(folder: Path, guard: Guard, outcome: Evaluation) -> Path:
    """Clean the cases at every profile and with all that is found, and write the page."""
    from spamguard.learning.report.page import Runs, write_report

    cases = [case for case, _ in outcome.outcomes]

    def run(**options: Any) -> list[Outcome]:  # noqa: ANN401  (what clean_many takes)
        return list(zip(cases, guard.clean_many((case.text for case in cases), **options), strict=True))

    profiles = {profile: run(profile=profile) for profile in PROFILES}
    runs = Runs(outcome.outcomes, run(threshold=_OPEN_THRESHOLD), profiles)
    return write_report(folder, runs, title=f"spamguard {guard.model_id}")

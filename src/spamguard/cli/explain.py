"""`spamguard explain`: each span of a text, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import spamguard
from spamguard.cli.display import visible
from spamguard.cli.options import json_option, model_option
from spamguard.cli.places import Places
from spamguard.errors import InputError
from spamguard.spans import Span

Reasons = Sequence[tuple[str, float]]


@click.command("explain", short_help="Show each span of a text, and why.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
@model_option
def explain_command(file: str, as_json: bool, model: Path | None) -> None:
    """Show each span of FILE, or of - for standard input: place, score, category and reasons.

    The place is line:column, both counted from 1, columns in characters. Reasons come with their weight,
    the strongest first.
    """
    from spamguard.batch.encoding import decode
    from spamguard.batch.report import json_line

    with click.open_file(file, "rb") as stream:
        document = decode(stream.read())
    if document is None:
        raise InputError(f"{visible(file)} is not UTF-8 text")
    explanations = spamguard.load(model).explain(document.text)
    places = Places(document.text)
    for explanation in explanations:
        span, place = explanation.span, places.of(explanation.span.start)
        if as_json:
            click.echo(json_line(as_fields(span, place, explanation.reasons)), nl=False)
        else:
            click.echo(f"{visible(file)}:{as_lines(span, place, explanation.reasons)}")
    if not explanations and not as_json:
        click.echo("no spam found", err=True)


def as_fields(span: Span, place: tuple[int, int], reasons: Reasons) -> dict[str, Any]:
    """Return an explained span as JSON fields: line, column, the span's own, reasons."""
    line, column = place
    listed = [{"reason": reason, "weight": weight} for reason, weight in reasons]
    return {"line": line, "column": column, **asdict(span), "reasons": listed}


def as_lines(span: Span, place: tuple[int, int], reasons: Reasons) -> str:
    """Return an explained span as lines for a person.

    Examples
    --------
    >>> print(as_lines(Span(0, 2, "ad", 0.98, "seo"), (1, 1), [("rare here", 1.5)]))
    1:1  seo  0.980  ad
         +1.50  rare here
    """
    line, column = place
    head = f"{line}:{column}  {span.category}  {span.score:.3f}  {visible(span.text)}"
    return "\n".join([head, *(f"     {weight:+.2f}  {visible(reason)}" for reason, weight in reasons)])

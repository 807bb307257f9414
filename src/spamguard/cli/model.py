"""`spamguard model`: what is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

import spamguard
from spamguard.cli.display import visible
from spamguard.cli.options import json_option, model_option


@click.command("model", short_help="Show the model that is loaded.")
@json_option
@model_option
def model_command(as_json: bool, model: Path | None) -> None:
    """Show the model that is loaded: its versions, sources, thresholds and figures."""
    guard = spamguard.load(model)
    if as_json:
        click.echo(json.dumps({"model": guard.model_id, **guard.manifest}, ensure_ascii=False, indent=1))
        return
    rows = [("model", guard.model_id), *flatten(guard.manifest)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


def flatten(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of nested dictionaries and lists with their dotted names.

    Parameters
    ----------
    value
        Anything JSON can hold; a list of plain values counts as one leaf.
    name
        The dotted name of ``value`` itself.

    Yields
    ------
    (str, str)
        Name and value, as a person reads them.

    Examples
    --------
    >>> list(flatten({"format": 1, "sources": [{"name": "news"}], "langs": ["en", "zh"]}))
    [('format', '1'), ('sources.0.name', 'news'), ('langs', 'en, zh')]
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value):
            yield from flatten(inner, f"{name}.{number}")
    else:
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield name, visible(shown)

"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

PROFILES = ("newsroom", "corpus")

model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Folder of a model artefact, or of a registry; the shipped model by default.",
)
threshold_option = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Least score of a span, 0 to 1; the model's own by default.",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="newsroom touches good text least, corpus leaves the least spam; the model's own default.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs to read.")

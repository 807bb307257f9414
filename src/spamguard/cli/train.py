"""`spamguard train`: a model artefact from a recipe."""

from __future__ import annotations

from pathlib import Path

import click

from spamguard.cli.extras import needs_extra


@click.command("train", short_help="Train a model from a recipe.")
@click.option(
    "--config",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="The recipe, such as training/config.toml.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for the artefact.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the corpora, if not the one that the recipe's sources.toml names.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="FAMILY",
    help="Learn nothing of a family, or of those that a pattern such as '*-casino' fits; may be repeated.",
)
def train_command(config: Path, out: Path, data: Path | None, without: tuple[str, ...]) -> None:
    """Train a model as a recipe says, and write its artefact."""
    with needs_extra("training", "train"):
        from spamguard.learning.recipe import train_from_config

        train_from_config(config, out, data, without_families=without)
    click.echo(f"model written to {out}", err=True)

"""`spamguard train`: a model from labels, or from a whole recipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from spamguard.cli.extras import needs_extra
from spamguard.cli.label import as_option, format_option, meanings, text_option
from spamguard.cli.proof import proof_report_option, report_proof, show_proof
from spamguard.errors import InputError

if TYPE_CHECKING:
    from spamguard.learning.labels.record import Label

# What one way of training takes and the other does not.
_OF_LABELS = frozenset(
    "labels feedback base name share seed strict report format_name names text_field".split()
)
_OF_A_RECIPE = frozenset({"data", "without"})
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("train", short_help="Train a model from labels, or from a recipe.")
@click.argument("labels", nargs=-1, metavar="[LABELS]...")
@click.option("--feedback", metavar="URL|FILE", help="Learn from the service's feedback, too.")
@click.option("--base", type=_FOLDER, metavar="PATH",
              help="Artefact or registry to start from; the shipped model by default.")  # fmt: skip
@click.option("--out", type=_FOLDER, metavar="DIR", default=Path("candidate"), show_default=True,
              help="Folder for the artefact.")  # fmt: skip
@click.option("--name", default="candidate", show_default=True, help="Name of the new model.")
@click.option("--hold-out", "share", type=click.FloatRange(0, 0.9), default=0.2, show_default=True,
              help="Share of the labels to measure on, by source and campaign.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=20261122, show_default=True,
              help="Seed of all chance.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Stop if the labels have anything that label check finds.")
@proof_report_option
@format_option
@as_option
@text_option
@click.option("--from-scratch", is_flag=True, help="Run the whole recipe of training/ instead.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.toml",
              help="Run the whole recipe that this file describes.")  # fmt: skip
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
              help="Folder of the recipe's corpora, if not the one that its sources.toml names.")  # fmt: skip
@click.option("--without", multiple=True, metavar="FAMILY",
              help="Learn nothing of a family, or of a pattern such as '*-casino'; repeatable.")  # fmt: skip
def train_command(
    labels: tuple[str, ...],
    feedback: str | None,
    base: Path | None,
    out: Path,
    name: str,
    share: float,
    seed: int,
    strict: bool,
    report: Path | None,
    format_name: str | None,
    names: tuple[str, ...],
    text_field: str,
    from_scratch: bool,
    config: Path | None,
    data: Path | None,
    without: tuple[str, ...],
) -> None:
    """Teach a model the spam that is marked in LABELS, and prove that nothing else got worse.

    LABELS are files of any format that label convert reads, folders of data sets, or hub:NAME. The new
    model, its comparison with the old one and what the gate says go to --out; spamguard model promote lets
    it serve. Exit status: 0, 1 if the gate refuses the candidate, nothing was learnt or training fails, 2
    wrong usage.
    """
    is_recipe = bool(config or from_scratch)
    _refuse_what_is_not_honoured(is_recipe=is_recipe)
    with needs_extra("training", "train"):
        if is_recipe:
            _run_recipe(config, out, data, without)
            return
        found = _read(labels, feedback, format_name, names, text_field)
        _check(found, strict=strict)
        sys.exit(_learn(found, base, out, name=name, share=share, seed=seed, report=report))


def _refuse_what_is_not_honoured(*, is_recipe: bool) -> None:
    """Refuse what was given on the command line and belongs to the other way of training."""
    context = click.get_current_context()
    strange = [
        parameter.get_error_hint(context)
        for parameter in context.command.params
        if parameter.name in (_OF_LABELS if is_recipe else _OF_A_RECIPE)
        and context.get_parameter_source(parameter.name) is not ParameterSource.DEFAULT
    ]
    if strange:
        way = "a whole recipe, by --from-scratch or --config," if is_recipe else "training from labels"
        raise InputError(f"{way} does not take {', '.join(strange)}: leave it out; nothing was trained")


def _run_recipe(config: Path | None, out: Path, data: Path | None, without: tuple[str, ...]) -> None:
    """Train from corpora."""
    from spamguard.learning.recipe import train_from_config
    from spamguard.learning.shipped import shipped

    train_from_config(config or shipped("config.toml"), out, data, without_families=without)
    click.echo(f"model written to {out}", err=True)


def _read(
    paths: tuple[str, ...],
    feedback: str | None,
    format_name: str | None,
    names: tuple[str, ...],
    text_field: str,
) -> list[Label]:
    """Read labels and feedback, whose text is in a field of its own, and say what was repaired."""
    from spamguard.learning.labels.reading import read_labels

    if not paths and not feedback:
        raise InputError("name files of LABELS, or --feedback, or --config for a whole recipe")
    reading = read_labels(paths, format_name=format_name, names=meanings(names), text_field=text_field)
    if feedback:
        more = read_labels([feedback], format_name="feedback", names=meanings(names))
        reading.labels += more.labels
        reading.repairs += more.repairs
    for repair in reading.repairs:
        click.echo(f"repaired {repair}", err=True)
    return reading.labels


def _check(labels: list[Label], *, strict: bool) -> None:
    """Show what is wrong with labels before anything is learnt."""
    from spamguard.learning.labels.checks import check, summary

    findings = check(labels)
    for kind, count, places in summary(findings):
        if count != "0":
            click.echo(f"labels: {kind}: {count}: {places}", err=True)
    if strict and findings:
        raise InputError("the labels have faults, named above; mend them or leave --strict out")


def _tell(step: str) -> None:
    """Show what is done next."""
    click.echo(step, err=True)


def _learn(
    labels: list[Label],
    base: Path | None,
    out: Path,
    *,
    name: str,
    share: float,
    seed: int,
    report: Path | None,
) -> int:
    """Learn, save, show; return the exit status."""
    from spamguard.cleaner import Guard
    from spamguard.learning.proof.report import learning_curve as plot_learning
    from spamguard.learning.update.run import learn, learning_curve
    from spamguard.model.loading import load_detector
    from spamguard.registry.resolving import resolve

    click.echo(f"learning from {len(labels):,} labels", err=True)
    started_from = load_detector(None if base is None else resolve(base))
    candidate = learn(started_from, labels, name=name, share=share, seed=seed, tell=_tell)
    model_id = candidate.save(out)
    click.echo(f"learnt from {candidate.n_learnt:,} labels, {candidate.n_held_out:,} held out", err=True)
    show_proof(candidate.proof, candidate.refused)
    if report is not None:
        points = learning_curve(started_from, candidate.detector, labels, share=share, seed=seed)
        plots = [plot_learning(points)] if points else []
        guards = Guard(started_from), Guard(load_detector(out))
        report_proof(report, guards, candidate.proof, candidate.refused, plots)
    click.echo(f"{model_id} written to {out}", err=True)
    return 1 if candidate.refused else 0

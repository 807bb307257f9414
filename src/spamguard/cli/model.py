"""`spamguard model`: what is loaded, and the models of a registry."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import spamguard
from spamguard.cli.display import visible
from spamguard.cli.extras import needs_extra
from spamguard.cli.options import json_option, model_option
from spamguard.cli.proof import proof_report_option, report_proof, show_proof
from spamguard.errors import InputError

if TYPE_CHECKING:
    from spamguard.registry.store import Registry

registry_option = click.option(
    "--registry",
    "root",
    required=True,
    envvar="SPAMGUARD_REGISTRY",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the registry; SPAMGUARD_REGISTRY by default.",
)


def _registry(root: Path) -> Registry:
    """Open a registry; NumPy waits until one is wanted."""
    from spamguard.registry.store import Registry

    return Registry(root)


@click.group("model", invoke_without_command=True, short_help="Show the model; promote, roll back, compare.")
@json_option
@model_option
@click.pass_context
def model_command(context: click.Context, as_json: bool, model: Path | None) -> None:
    """Show the model that is loaded: its versions, sources, thresholds and figures.

    The commands work on a registry: a folder of models, one of which serves.
    """
    if context.invoked_subcommand is not None:
        return
    guard = spamguard.load(model)
    _show(guard.model_id, guard.manifest, as_json=as_json)


def _show(model_id: str, manifest: dict[str, Any], *, as_json: bool) -> None:
    """Print a manifest."""
    if as_json:
        shown = json.dumps({"model": model_id, **manifest}, ensure_ascii=False, indent=1)
        # A lone surrogate has no UTF-8; its backslash form is JSON's own.
        click.echo(shown.encode("utf-8", "backslashreplace"))
        return
    rows = [("model", model_id), *flatten(manifest)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


@model_command.command("list")
@registry_option
def list_command(root: Path) -> None:
    """List the models of a registry; an asterisk marks the one that serves."""
    index = _registry(root).index()
    for model_id, entry in index.models.items():
        click.echo(f"{'*' if model_id == index.current else ' '} {model_id}  {entry.added_at}")
    if index.previous:
        click.echo(f"served before, last first: {', '.join(reversed(index.previous))}", err=True)


@model_command.command("show")
@click.argument("model_id", metavar="MODEL")
@json_option
@registry_option
def show_command(model_id: str, as_json: bool, root: Path) -> None:
    """Show what a model says about itself."""
    from spamguard.model.artefact import read_manifest

    _show(model_id, read_manifest(_registry(root).folder(model_id)), as_json=as_json)


@model_command.command("diff")
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@registry_option
def diff_command(left: str, right: str, root: Path) -> None:
    """Show where the manifests of two models differ."""
    from spamguard.model.artefact import read_manifest

    registry = _registry(root)
    old, new = (dict(flatten(read_manifest(registry.folder(one)))) for one in (left, right))
    for name in sorted({**old, **new}):
        if old.get(name) != new.get(name):
            click.echo(f"{name}\n- {old.get(name, '')}\n+ {new.get(name, '')}")


@model_command.command("promote")
@click.argument("model", metavar="MODEL|DIR")
@click.option("--force", "why", metavar="WHY", help="Promote although a floor falls; goes into the manifest.")
@click.option("--floors", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.json",
              help="Floors in place of the shipped ones.")  # fmt: skip
@proof_report_option
@registry_option
def promote_command(
    model: str, why: str | None, floors: Path | None, report: Path | None, root: Path
) -> None:
    """Let a model serve, after measuring it against the one that serves now.

    MODEL is one of the registry's, or the folder of an artefact, which is added first. A model is refused
    where a floor falls, or where training refused it by its held-out labels, and the reasons are named.
    Exit status: 0, 1 refused, 2 wrong usage.
    """
    from spamguard.model.loading import shipped_folder

    if why is not None and not why.strip():
        raise InputError("--force must say why")
    registry = _registry(root)
    model_id = registry.add(Path(model)) if (Path(model) / "manifest.json").is_file() else model
    refused = _gate(registry, model_id, floors, report)
    if refused and why is None:
        click.echo('refused; --force "why" promotes it all the same', err=True)
        sys.exit(1)
    note = {"forced": why, "fallen": refused} if refused else None
    registry.promote(model_id, note, before=shipped_folder())
    click.echo(f"{model_id} serves", err=True)


def _gate(registry: Registry, model_id: str, floors: Path | None, report: Path | None) -> list[str]:
    """Measure a model against the one that serves, or against the shipped one, and name what falls."""
    with needs_extra("the gate", "train"):
        from spamguard.learning.proof.gate import prove, refusals, standing

    current = registry.index().current
    base = spamguard.load(None if current is None else registry.folder(current))
    candidate = spamguard.load(registry.folder(model_id))
    proof = prove(base, candidate, [])
    refused = [*refusals(proof, floors), *standing(candidate.manifest)]
    show_proof(proof, refused)
    if report is not None:
        report_proof(report, (base, candidate), proof, refused)
    return refused


@model_command.command("rollback")
@registry_option
def rollback_command(root: Path) -> None:
    """Let the model serve that served before."""
    click.echo(f"{_registry(root).rollback()} serves", err=True)


@model_command.command("remove")
@click.argument("model_id", metavar="MODEL")
@registry_option
def remove_command(model_id: str, root: Path) -> None:
    """Take a model out of a registry; the one that serves stays."""
    _registry(root).remove(model_id)
    click.echo(f"{model_id} removed", err=True)


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
        yield visible(name), visible(shown)

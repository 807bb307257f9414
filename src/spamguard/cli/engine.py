"""`--engine ray`: the same command on a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from spamguard.cli.extras import needs_extra
from spamguard.errors import InputError

_KNOWN = {"paths", "out", "threshold", "profile", "model", "fields", "engine", "address"}
_NOT_GIVEN = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
# A path type folds the two slashes of a URL into one.
_URL = re.compile(r"^([a-z][a-z0-9+.-]+):/(?!/)")


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--engine` and `--address`; what is asked of Ray does not reach the command.

    Parameters
    ----------
    command
        A command with ``paths``, ``out``, ``threshold``, ``profile``, ``model``, ``fields``.
    """

    @click.option(
        "--engine",
        type=click.Choice(("local", "ray")),
        default="local",
        help="ray: JSON lines and Parquet shards on a cluster, from and to any file system.",
    )
    @click.option("--address", metavar="ADDR", help="Address of the Ray cluster; auto for a running one.")
    @wraps(command)
    def choose(*, engine: str, address: str | None, **options: Any) -> None:  # noqa: ANN401
        if engine == "ray":
            clean_on_ray(options, address)
        elif address is not None:
            raise InputError("--address needs --engine ray")
        else:
            command(**options)

    return choose


def clean_on_ray(options: dict[str, Any], address: str | None) -> None:
    """Clean a folder on a cluster and print the counts.

    Parameters
    ----------
    options
        The command's options by name.
    address
        Address of the cluster.

    Raises
    ------
    InputError
        If an option was given that the cluster knows nothing of.
    MissingExtraError
        If Ray is not installed.
    """
    with needs_extra("--engine ray", "ray"):
        from spamguard.integrations.cleaning import TextCleaner
        from spamguard.integrations.ray_data import clean_corpus
    _refuse_foreign()
    fields = options["fields"] or ("text",)
    if len(options["paths"]) != 1 or options["out"] is None or len(fields) != 1:
        raise InputError("--engine ray takes one folder, --out and one field")
    model: Path | None = options["model"]
    counts = clean_corpus(
        _url(options["paths"][0]),
        _url(options["out"]),
        column=fields[0],
        cleaner=TextCleaner(str(model) if model else None, options["threshold"], options["profile"]),
        address=address,
    )
    click.echo(", ".join(f"{number:,} {name}" for name, number in counts.items()), err=True)


def _refuse_foreign() -> None:
    """Raise if an option was given that the cluster knows nothing of; defaults are nobody's wish."""
    context = click.get_current_context()
    foreign = [
        option.opts[-1]
        for option in context.command.params
        if option.name not in _KNOWN
        and context.get_parameter_source(option.name or "") not in (None, *_NOT_GIVEN)
    ]
    if foreign:
        raise InputError(f"--engine ray knows no {', '.join(sorted(foreign))}")


def _url(path: Path) -> str:
    """Return a path, or the URL that it was."""
    return _URL.sub(r"\1://", str(path))

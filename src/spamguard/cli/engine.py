"""`--engine ray`: the same command on a cluster."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from spamguard.cli.extras import needs_extra
from spamguard.errors import InputError

# All else would be ignored: what shows texts one by one, for instance, which do not travel back.
_KNOWN = {
    *("paths", "out", "quiet", "include", "exclude", "format", "fields", "key", "encoding", "unknown"),
    *("threshold", "profile", "categories", "allow", "deny", "max_removed", "workers", "model"),
    *("overwrite", "engine", "address"),
}
_NOT_GIVEN = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
# A path type folds the two slashes of a URL into one.
_URL = re.compile(r"^([a-z][a-z0-9+.-]+):/(?!/)")
_FILE_URL = re.compile(r"file:/(?!/)")


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--engine` and `--address`; what is asked of Ray does not reach the command.

    Parameters
    ----------
    command
        A command whose other options :class:`spamguard.cli.choices.Choices` takes.
    """

    @click.option(
        "--engine",
        type=click.Choice(("local", "ray")),
        default="local",
        help="ray: each file on a worker of a cluster, from and to any file system.",
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
    """Clean files and folders on a cluster, tell the user, and exit as the local engine does.

    Parameters
    ----------
    options
        The command's options by name.
    address
        Address of the cluster.

    Raises
    ------
    InputError
        If an option was given that the cluster cannot honour, or no output.
    MissingExtraError
        If Ray is not installed.
    """
    with needs_extra("--engine ray", "ray"):
        from spamguard.cli.choices import Choices
        from spamguard.cli.cluster import clean_shards
    _refuse_foreign()
    sources = [_place(path) for path in options["paths"]]
    if not sources or "-" in sources or options["out"] is None:
        raise InputError("--engine ray takes files or folders and --out, no standard input")
    summary = clean_shards(Choices(**options), sources, _place(options["out"]), address)
    sys.exit(1 if summary.has_faults else 0)


def _refuse_foreign() -> None:
    """Raise if an option was given that the cluster cannot honour; defaults are nobody's wish."""
    context = click.get_current_context()
    foreign = [
        option.opts[-1]
        for option in context.command.params
        if option.name not in _KNOWN
        and context.get_parameter_source(option.name or "") not in (None, *_NOT_GIVEN)
    ]
    if foreign:
        raise InputError(f"--engine ray knows no {', '.join(sorted(foreign))}")


def _place(path: Path) -> str:
    """Return a local path, or the URL that it was."""
    text = str(path)
    return text.removeprefix("file:") if _FILE_URL.match(text) else _URL.sub(r"\1://", text)

"""The `spamguard` command: what it offers, and how its errors reach the user."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from spamguard import __version__
from spamguard.cli.campaigns import campaigns_command
from spamguard.cli.clean import clean_command
from spamguard.cli.drift import drift_command
from spamguard.cli.evaluate import evaluate_command
from spamguard.cli.explain import explain_command
from spamguard.cli.label import label_group
from spamguard.cli.model import model_command
from spamguard.cli.serve import serve_command
from spamguard.cli.train import train_command
from spamguard.cli.undo import undo_command
from spamguard.errors import InputError, SpamguardError


class _WrongUsage(click.ClickException):
    """An error in what the user asked for."""

    exit_code = 2


class _Commands(click.Group):
    """A group whose commands end in one line on stderr where they raise on purpose."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's own signature)
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise _WrongUsage(str(error)) from error
        except SpamguardError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise click.ClickException(f"{error.filename or 'input or output'}: {reason}") from error


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="spamguard", message="%(prog)s %(version)s")
def commands() -> None:
    """Find spam that was injected into news text, and give the text back clean."""


for command in (
    clean_command,
    campaigns_command,
    undo_command,
    explain_command,
    drift_command,
    label_group,
    evaluate_command,
    model_command,
    serve_command,
    train_command,
):
    commands.add_command(command)


def main() -> None:
    """Run the command line on the arguments of this process."""
    for stream in (sys.stdout, sys.stderr):
        # A name or a text may hold what the terminal's encoding cannot: shown as an escape, not a crash.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    commands(prog_name="spamguard")


if __name__ == "__main__":
    main()

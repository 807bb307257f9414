"""`spamguard serve`: cleaning over HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from spamguard.cli.extras import needs_extra
from spamguard.cli.options import model_option


@click.command("serve", short_help="Serve cleaning over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@model_option
@click.option("--insecure", is_flag=True, help="Listen beyond this machine without any token.")
def serve_command(host: str, port: int, model: Path | None, insecure: bool) -> None:
    """Serve POST /clean and its companions over HTTP until interrupted."""
    with needs_extra("the service", "service"):
        from spamguard.service.run import serve

        serve(host, port, model, insecure=insecure)

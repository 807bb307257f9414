from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess


def test_without_fastapi_serve_says_how_to_install_it(
    run_without: Callable[..., CompletedProcess[str]],
) -> None:
    run = run_without("fastapi", "serve")
    assert run.returncode == 1
    assert run.stderr == "Error: the service needs more libraries: pip install 'spamguard[service]'\n"

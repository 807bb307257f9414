"""What several commands' tests share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

WITHOUT = "import sys; sys.modules[{!r}] = None; from spamguard.cli.main import main; main()"


@pytest.fixture(scope="session")
def run_without() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line in an interpreter that cannot import a library."""

    def run(library: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT.format(library), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run

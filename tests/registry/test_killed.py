"""Each change, killed at each of its steps on the disk: the registry serves on, and the next tidies up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Forks a child for each step that a change takes on the registry's files, and kills it there.
KILLED_AT_EACH_STEP = """
import os, signal, sys
from pathlib import Path
from spamguard.model import artefact
from spamguard.registry.resolving import MODELS_NAME, resolve
from spamguard.registry.store import Registry

root, change, first, second = Path(sys.argv[1]), sys.argv[2], *map(Path, sys.argv[3:])
registry = Registry(root)
ids = [registry.add(first), registry.add(second)]

def stand() -> None:
    "The first model serves, the second is there and served before; nothing else."
    if ids[1] not in registry.index().models:
        registry.add(second)
    if registry.index().current != ids[0] or not registry.index().previous:
        registry.promote(ids[1])
    registry.promote(ids[0])
    named = {entry.folder for entry in registry.index().models.values()}
    assert {path.name for path in (root / MODELS_NAME).iterdir()} == named, "something is left"

CHANGES = {
    "promote": lambda: registry.promote(ids[1]),
    "promote with a note": lambda: registry.promote(ids[1], {"forced": str(os.getpid())}),
    "remove": lambda: registry.remove(ids[1]),
}

def kill_at(step: int) -> None:
    "Kill this process at a step on the registry's files."
    left = [step]
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if any(isinstance(one, (str, os.PathLike)) and str(one).startswith(str(root)) for one in arguments):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

step = 0
while True:
    step += 1
    stand()
    child = os.fork()
    if not child:
        kill_at(step)
        CHANGES[change]()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    artefact.read(resolve(root))
    for model_id in registry.index().models:
        assert (registry.folder(model_id) / artefact.ARRAYS_NAME).stat().st_size > 0
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
print(step - 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
@pytest.mark.parametrize("change", ["promote", "promote with a note", "remove"])
def test_killed_at_any_step_a_change_is_whole_or_was_not(
    tmp_path: Path, artefact_named: Callable[[str], Path], change: str
) -> None:
    models = [str(artefact_named(name)) for name in ("first", "second")]
    command = [sys.executable, "-c", KILLED_AT_EACH_STEP, str(tmp_path), change, *models]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    assert int(outcome.stdout) > 5

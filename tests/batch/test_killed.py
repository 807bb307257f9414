from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def killed() -> ModuleType:
    """The program that kills runs; `python tests/batch/killed.py 50` does it fifty times."""
    spec = importlib.util.spec_from_file_location("killed", Path(__file__).with_name("killed.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("n_workers", "in_place"), [(1, True), (2, False)])
def test_a_killed_run_goes_on_to_the_same_end(
    killed: ModuleType, tmp_path: Path, n_workers: int, in_place: bool
) -> None:
    killed.kill_runs(tmp_path, 3, n_workers=n_workers, in_place=in_place, seed=1)

"""The picture of the few-shot figures shows what the table says."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from statistics import mean
from types import ModuleType

import pytest

FEW_SHOT = Path(__file__).parents[2] / "training" / "few_shot"


@pytest.fixture
def plot() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("few_shot_plot", FEW_SHOT / "plot.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_the_shipped_model_is_drawn(plot: ModuleType) -> None:
    curves = plot.from_readme(FEW_SHOT / "README.md")
    row = re.search(r"^\| \*\*mean.*", (FEW_SHOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert row is not None
    said = [float(cell) for cell in re.findall(r"\*\*(\d\.\d+)", row[0])]
    counts = [0, 10, 25, 50, 100]
    assert len(curves) == 10
    assert [mean(mine[n] for mine in curves.values()) for n in counts] == pytest.approx(said, abs=0.006)


def test_what_the_measurement_writes_is_drawn(plot: ModuleType, tmp_path: Path) -> None:
    row = {"family": "a", "documents": 25, "before": {"recall": 0.5}, "after": {"recall": 0.9}}
    (tmp_path / "few_shot.json").write_text(json.dumps([row]), "utf-8")
    assert plot.from_json(tmp_path / "few_shot.json") == {"a": {0: 0.5, 25: 0.9}}


def test_the_picture_in_the_documentation_is_there(plot: ModuleType) -> None:
    assert plot.OUT.read_text("utf-8").count("mean of 10") >= 1

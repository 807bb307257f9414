"""The examples of docs/integrations.md run as they stand, each against the real library."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integrations.conftest import GOOD, SPAM, needs

PAGE = (Path(__file__).parents[2] / "docs" / "integrations.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python ?(\w*)\n(.*?)```", PAGE, re.DOTALL)
LIBRARY = {"nemo": "nemo_curator"}


@pytest.mark.parametrize(("extra", "program"), EXAMPLES, ids=[extra or "dolma" for extra, _ in EXAMPLES])
def test_an_example_of_the_documentation_runs(extra: str, program: str, tmp_path: Path) -> None:
    if extra:
        needs(LIBRARY.get(extra, extra), extra)
    row = json.dumps({"id": "1", "text": SPAM + GOOD}, ensure_ascii=False) + "\n"
    for folder in ("news", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "news.jsonl").write_text(row, "utf-8")
    (tmp_path / "page.html").write_text(f"<meta charset=utf-8><p>{SPAM}{GOOD}</p>", "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-3000:]


def test_each_adapter_has_an_example() -> None:
    assert {extra for extra, _ in EXAMPLES} == {"", "datasets", "ray", "datatrove", "nemo", "scrapy"}

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "docs" / "batch.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, polluted: str) -> Path:
    """A folder with what the examples name, and the command in front of the path."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "news").mkdir()
    for name in ("a.txt", "b.md"):
        (folder / "news" / name).write_bytes(polluted.encode())
    (folder / "article.txt").write_bytes(polluted.encode())
    (folder / "names.lst").write_text("Ingrid Solheim\n")
    line = {"content": polluted, "meta": {"title": "Harbour ferry"}}
    (folder / "crawl.jsonl").write_text(json.dumps(line) + "\n")
    return folder


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run(example: str, desk: Path) -> None:
    command = example.replace("spamguard ", f"{sys.executable} -m spamguard.cli.main ")
    run = subprocess.run(["sh", "-e", "-c", command], cwd=desk, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_page_names_every_ending() -> None:
    from spamguard.batch.kinds import ENDINGS

    text = PAGE.read_text(encoding="utf-8")
    assert [ending for ending in ENDINGS if ending and f"`{ending}`" not in text] == []

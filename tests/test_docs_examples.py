"""The Python examples of the documentation run as they stand; the adapters' run in their own tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("campaigns.md", "ten-terabytes.md")
EXAMPLES = [
    (page, program)
    for page in PAGES
    for program in re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
]


@pytest.mark.parametrize(("page", "program"), EXAMPLES, ids=[page for page, _ in EXAMPLES])
def test_an_example_of_the_documentation_runs(page: str, program: str) -> None:
    exec(compile(program, page, "exec"), {})


def test_the_pages_have_examples() -> None:
    assert {page for page, _ in EXAMPLES} == set(PAGES)

from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.markdown import put_figures


def test_figures_go_between_the_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("above\n<!-- figures: begin. From x. -->\nold\n<!-- figures: end -->\nbelow\n")
    put_figures(path, r"| new \1 |")
    expected = "above\n<!-- figures: begin. From x. -->\n| new \\1 |\n<!-- figures: end -->\nbelow\n"
    assert path.read_text() == expected


def test_a_document_without_marks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("figures\n")
    with pytest.raises(InputError, match="figures: begin"):
        put_figures(path, "new")

from __future__ import annotations

import pytest

from spamguard.cli.places import Places


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (3, (1, 4)), (4, (2, 1)), (8, (3, 1)), (10, (4, 1)), (11, (4, 2))]
)
def test_lines_end_at_any_line_break(offset: int, place: tuple[int, int]) -> None:
    assert Places("one\nté\r\n𝟙\rfo").of(offset) == place


def test_an_empty_text_has_a_place() -> None:
    assert Places("").of(0) == (1, 1)

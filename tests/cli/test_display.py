from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st

from spamguard.cli.display import CONTEXT_CHARS, columns, render_diff, visible
from spamguard.result import CleanResult
from spamguard.seams import Edit, remove


def cleaned(raw: str, *edits: tuple[int, int]) -> CleanResult:
    """The result of removing these stretches."""
    return CleanResult(
        remove(raw, edits), (), tuple(Edit(start, end, raw[start:end]) for start, end in edits)
    )


def diff(raw: str, *edits: tuple[int, int]) -> list[str]:
    """The lines of a diff without colours and heading."""
    return click.unstyle(render_diff("a.txt", cleaned(raw, *edits))).splitlines()[1:]


@given(st.text())
def test_no_text_can_steer_the_terminal(text: str) -> None:
    shown = visible(text)
    assert all(character.isprintable() or ord(character) > 0x9F or character == "\t" for character in shown)
    shown.encode()


def test_removals_are_red_and_bracketed() -> None:
    assert click.style("[-ad -]", fg="red") in render_diff("a.txt", cleaned("ad good", (0, 3)))


def test_nothing_removed_shows_nothing() -> None:
    assert render_diff("a.txt", CleanResult("good")) == ""


def test_a_removal_shows_with_the_number_and_the_rest_of_its_line() -> None:
    assert diff("one\ntwo ad\nthree\n", (7, 10)) == ["     2: two[- ad-]"]


def test_removals_in_one_line_show_together() -> None:
    assert diff("ad one ad", (0, 3), (6, 9)) == ["     1: [-ad -]one[- ad-]"]


def test_a_removed_line_shows_its_break() -> None:
    assert diff("one\r\nad\r\ntwo\r\n", (5, 9)) == ["     2: [-ad⏎-]two"]


def test_long_lines_are_cut_around_the_removal() -> None:
    raw = "a" * 500 + "ad " + "b" * 500
    shown = "…" + "a" * CONTEXT_CHARS + "[-ad -]" + "b" * CONTEXT_CHARS + "…"
    assert diff(raw, (500, 503)) == [f"     1: {shown}"]


def test_columns_align() -> None:
    assert columns([("a", "1"), ("bcd", "22")]) == ["a     1", "bcd  22"]

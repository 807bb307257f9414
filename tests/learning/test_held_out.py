from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.held_out import HeldOut, digest, key, long_lines

HELD_OUT = HeldOut(
    [digest("buy pills"), digest("爱上海论坛"), digest("The council met on Monday for the vote.")]
)


@pytest.mark.parametrize(
    "string",
    [
        "buy pills",
        "BUY  Pills!",
        "【ｂｕｙ ｐｉｌｌｓ】",
        "buy-pills",
        "new | buy pills",
        "x - buy pills - y",
        "爱上海 论坛",
        "论坛_爱上海论坛_x",
    ],
)
def test_a_held_out_string_is_refused_in_any_frame(string: str) -> None:
    assert not HELD_OUT.allows(string)


@pytest.mark.parametrize("string", ["buy", "pills", "buy pills now", "buypill", "上海论坛", "", "|", " - "])
def test_other_strings_are_allowed(string: str) -> None:
    assert HELD_OUT.allows(string)


def test_an_article_that_shares_a_long_line_is_refused() -> None:
    line = "The council met on Monday, for the vote."
    assert not HELD_OUT.allows_article(f"Another headline\n{line}\nMore.")
    assert HELD_OUT.allows_article("buy pills\nThe council met on Tuesday for the vote.")


def test_only_lines_long_enough_to_be_an_article_s_own_count() -> None:
    assert long_lines("short\n" + "x" * 29 + "\n" + "y" * 30) == ["y" * 30]


@given(st.text(st.characters()))
def test_any_string_has_a_digest(string: str) -> None:
    assert len(digest(string)) == 16
    assert int(digest(string), 16) >= 0


@given(st.text())
def test_case_and_signs_make_no_other_string(string: str) -> None:
    assert key(f"★ {string.upper().lower()}!") == key(string.upper().lower())


def test_the_shipped_list_holds_thousands_of_digests(training: Path) -> None:
    lines = (training / "held_out.txt").read_text("ascii").split("\n")
    digests = [line for line in lines if line and not line.startswith("#")]
    assert len(digests) > 1_000
    assert len(digests) == len(set(digests))
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in digests)


def test_a_list_is_read_without_its_comments(tmp_path: Path) -> None:
    (tmp_path / "held_out.txt").write_text(f"# a list\n{digest('buy pills')}\n\n", "ascii")
    held_out = HeldOut.read(tmp_path / "held_out.txt")
    assert not held_out.allows("buy pills")
    assert held_out.allows("# a list")
    assert held_out.allows("")

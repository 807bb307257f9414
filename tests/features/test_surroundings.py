from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Column = Callable[..., list[Any]]


def test_the_script_of_the_document_shows(column: Column) -> None:
    text = "上海 The bank said on Monday 419"
    assert column("script is main", text) == [0, 0, 1, 1, 1, 1, 1, -1]
    assert column("main script Latin", text) == [1] * 8
    assert column("main script Han", text) == [0] * 8
    assert column("own script in document", text) == pytest.approx([2 / 17] * 2 + [15 / 17] * 5 + [-1])
    assert column("own script in ±3", "上 a b c d")[4] == pytest.approx(1)
    assert column("own script in ±3", "上 a b c d")[0] == pytest.approx(1 / 10)


def test_one_kind_is_marked_for_each_token(column: Column) -> None:
    text = "word 上 419 ,"
    for at, name in enumerate(("Latin", "Han", "digit", "comma")):
        assert np.flatnonzero(column(f"kind {name}", text)).tolist() == [at]


def test_a_run_of_one_script_carries_digits_and_signs_along(column: Column) -> None:
    text = "(上海419论坛) The bank 上\nかな上 a"
    #                                      ( 上 海 419 论 坛 ) the bank 上 かな上 a
    assert column("run starts line", text) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]
    assert column("run from start", text)[1:7] == [0, 1, 2, 3, 4, 5]
    assert column("run to end", text)[1:7] == [5, 4, 3, 2, 1, 0]
    assert column("run behind opener", text) == [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert column("run ends line", text) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("capital", "The BANK said", [1, 1, 0]),
        ("capitals", "The BANK said", [0, 1, 0]),
        ("digit", "c4sino 419 go", [1, 1, 0]),
        ("mixed", "c4sino 419 go", [1, 0, 0]),
        ("styled", "𝓬asino c\u200basino casino", [1, 1, 0]),
        ("single", "c a s 上 sino", [1, 1, 1, 0, 0]),
        ("sign", "a ★ , 4", [0, 1, 1, 0]),
        ("glued sign", "a, ★ b", [0, 1, 0, 0]),
        ("slash or at", "a/b @c", [0, 1, 0, 1, 0]),
        ("angle or bracket", "<a>(b)", [1, 0, 1, 1, 0, 1]),
        ("comma", "a, b: c", [0, 1, 0, 0, 0]),
        ("stop", "a.b c.", [0, 0, 0, 0, 1]),
        ("long", "short " + "x" * 13, [0, 1]),
    ],
)
def test_shapes_show_on_their_tokens(column: Column, name: str, text: str, expected: list[int]) -> None:
    assert column(name, text) == expected


def test_shares_of_a_shape_are_taken_over_the_line_and_the_segment(column: Column) -> None:
    text = "A b. C D\ne"
    assert column("capital in line", text) == pytest.approx([3 / 5] * 5 + [0])
    assert column("capital in segment", text) == pytest.approx([1 / 3] * 3 + [1, 1, 0])
    assert column("capital ±4", text) == pytest.approx([3 / 5] * 5 + [0])


def test_white_space_shows_on_both_sides(column: Column) -> None:
    assert column("space before", "a b,c\nd") == [0, 1, 0, 0, 0]
    assert column("space after", "a b,c\nd") == [1, 0, 0, 1, 1]


def test_what_stands_next_to_a_token_shows_and_the_edge_of_the_line_too(column: Column) -> None:
    text = "a (上 4\nb"
    assert column("letter at -1", text) == [0, 1, 0, 0, 0]
    assert column("opener at -1", text) == [0, 0, 1, 0, 0]
    assert column("solo at +1", text) == [0, 1, 0, 0, 0]
    assert column("digit at +2", text) == [0, 1, 0, 0, 0]
    assert column("edge at -1", text) == [1, 0, 0, 0, 1]
    assert column("edge at +2", text) == [0, 0, 1, 1, 1]


def test_brackets_and_quotes_are_seen_from_inside(column: Column) -> None:
    assert column("in brackets", "a (b [c]) d\ne") == [0, 0, 1, 1, 2, 2, 1, 0, 0]
    assert column("in brackets", "(((( b") == [0, 1, 2, 2, 2]
    assert column("in quotes", '"a" b\n" c') == [0, 1, 1, 0, 0, 1]
    assert column("quotes in line", '"a" b\n" c') == [2, 2, 2, 2, 1, 1]


def test_sentences_start_behind_a_stop_and_with_the_line(column: Column) -> None:
    text = "One two. Three\nfour Five"
    assert column("sentence start", text) == [1, 0, 0, 1, 1, 0]
    assert column("capital after", text) == [0, 0, 1, 0, 1, 0]
    assert column("capital before", text) == [0, 1, 0, 0, 0, 0]


def test_positions_are_told_in_segment_line_and_document(column: Column) -> None:
    text = "a b. c\nd"
    assert column("from line start", text) == [0, 1, 2, 3, 0]
    assert column("to line end", text) == [3, 2, 1, 0, 0]
    assert column("from segment start", text) == [0, 1, 2, 0, 0]
    assert column("to segment end", text) == [2, 1, 0, 0, 0]
    assert column("segment starts line", text) == [1, 1, 1, 0, 1]
    assert column("segment ends line", text) == [0, 0, 0, 1, 1]
    assert column("segment is stopped", text) == [1, 1, 1, 0, 0]
    assert column("first line", text) == [1, 1, 1, 1, 0]
    assert column("last line", text) == [0, 0, 0, 0, 1]


def test_far_is_far_enough(column: Column) -> None:
    text = "上 " * 100
    assert max(column("from line start", text)) == max(column("run to end", text)) == 30


def test_a_stop_inside_a_domain_ends_no_segment(column: Column) -> None:
    #                see demo . com now . next one 。 后 面
    ends = column("to segment end", "see demo.com now. Next one。后面")
    assert ends == [5, 4, 3, 2, 1, 0, 2, 1, 0, 1, 0]

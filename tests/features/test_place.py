from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spamguard.features.place import KIND, KINDS, MAX_SCORE, N_SCRIPTS, Place, kinds_of
from spamguard.text.classes import FIRST_LETTER, LAST_LETTER, CharClass
from spamguard.text.tokens import tokenise

PIECES = st.sampled_from(["上海", "419", "go", " ", " ", "\n", ".", ". ", "。", "(", "|", "x.com", "★", "е"])
TEXTS = st.lists(st.lists(PIECES, max_size=15).map("".join), min_size=1, max_size=3).filter(
    lambda texts: len(tokenise(texts)) > 0
)


def place_of(*texts: str) -> Place:
    """The places of a batch's tokens, every score its token's number."""
    tokens = tokenise(texts)
    return Place(tokens, np.arange(len(tokens), dtype=np.float32))


def test_every_class_of_character_is_of_one_kind() -> None:
    members = [member for _, classes in KINDS for member in classes]
    assert sorted(members) == sorted(CharClass)
    scripts = {member for _, classes in KINDS[1:N_SCRIPTS] for member in classes}
    assert scripts == {*range(FIRST_LETTER, LAST_LETTER + 1), CharClass.MARK}


def test_tokens_are_of_the_kind_of_their_class() -> None:
    kinds = kinds_of(tokenise(["word 上 か 419 , ( “ | < ★"])).tolist()
    names = ["Latin", "Han", "kana", "digit", "comma", "open", "quote", "rule", "angle", "sign"]
    assert kinds == [KIND[name] for name in names]


@given(TEXTS)
def test_segments_cut_each_line_behind_its_stops(texts: list[str]) -> None:
    place = place_of(*texts)
    for at in range(place.n):
        first, last = int(place.segment_first[at]), int(place.segment_last[at])
        assert first <= at < last
        assert len(set(place.segment[first:last])) == len(set(place.tokens.line[first:last])) == 1
        assert not place.stop[first : last - 1].any()
        ends_line = last == place.tokens.line_end[at]
        assert ends_line or place.stop[last - 1]
    np.testing.assert_array_equal(place.segment_starts, np.unique(place.segment_first))


def test_a_full_stop_inside_a_domain_or_number_ends_no_segment() -> None:
    #                see demo . com now . 1 . 5 next 。 后 .
    place = place_of("see demo.com now. 1.5 next。后.")
    assert np.flatnonzero(place.stop).tolist() == [5, 10, 12]


@given(TEXTS)
def test_runs_cut_each_line_where_the_script_changes(texts: list[str]) -> None:
    place = place_of(*texts)
    starts, ends = place.script_run()
    for at in range(place.n):
        first, last = int(starts[at]), int(ends[at])
        assert place.tokens.line_start[at] <= first <= at < last <= place.tokens.line_end[at]
        letters = set(place.kind[first:last][place.letter[first:last]].tolist())
        assert len(letters) <= 1
        assert (starts[first:last] == first).all()
        if first > place.tokens.line_start[at]:
            assert place.letter[first]


def test_kana_and_han_are_one_run_and_digits_go_with_what_stands_before() -> None:
    #                ( 上 海 419 か な ) the bank 5
    place = place_of("(上海419カな) the bank 5\n5 上")
    starts, ends = place.script_run()
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [
        (0, 1), *[(1, 7)] * 6, *[(7, 10)] * 3, (10, 11), (11, 12),
    ]  # fmt: skip


@given(TEXTS, st.integers(0, 5))
def test_a_window_stays_on_the_line(texts: list[str], reach: int) -> None:
    place = place_of(*texts)
    first, last = place.window(reach)
    for at in range(place.n):
        near = [i for i in range(place.n) if abs(i - at) <= reach]
        same = [i for i in near if place.tokens.line[i] == place.tokens.line[at]]
        assert list(range(first[at], last[at])) == same


@given(TEXTS, st.integers(-3, 3))
def test_a_neighbour_is_the_token_so_far_away_on_the_line(texts: list[str], by: int) -> None:
    place = place_of(*texts)
    values = place.neighbour(np.arange(place.n), by, -1.0).tolist()
    for at, value in enumerate(values):
        inside = 0 <= at + by < place.n and place.tokens.line[at + by] == place.tokens.line[at]
        assert value == (at + by if inside else -1)


def test_the_flag_behind_the_last_token_of_a_line_is_the_one_given() -> None:
    place = place_of("a b\nc")
    flag = np.array([False, True, True])
    assert place.next_flag(flag, at_end=False).tolist() == [True, False, False]
    assert place.next_flag(~flag, at_end=True).tolist() == [False, True, True]


def test_scores_are_bounded() -> None:
    tokens = tokenise(["a b c"])
    found = Place(tokens, np.array([-1e9, 0.5, 1e9], dtype=np.float32)).score
    assert found.tolist() == [-MAX_SCORE, 0.5, MAX_SCORE]

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.model.decoding import Tag
from spamguard.model.tagger import Tagged
from spamguard.model.variants import END_SHIFTS, START_SHIFTS, Variants, best_variants, likeliest, variants_of
from spamguard.spans import Interval

Case = tuple[list[str], Tagged, list[Interval]]


def bounds(variants: Variants, owner: int) -> set[Interval]:
    """The variants of one candidate."""
    rows = np.flatnonzero(variants.owner == owner)
    return {(int(variants.first[i]), int(variants.last[i])) for i in rows}


@given(st.data())
def test_variants_keep_a_part_of_their_candidate_and_stay_on_its_line(
    cases: st.SearchStrategy[Case], data: st.DataObject
) -> None:
    _, tagged, spans = data.draw(cases)
    variants, line = variants_of(spans, tagged), tagged.tokens.line
    assert (np.diff(variants.owner) >= 0).all()
    for number, (first, last) in enumerate(spans):
        found = bounds(variants, number)
        assert (first, last) in found
        assert len(found) == (variants.owner == number).sum()
        for start, end in found:
            assert start < last
            assert first < end
            assert start < end
            assert line[start] == line[end - 1]


@given(st.data())
def test_of_each_candidate_the_variants_with_the_likeliest_ends_are_kept_in_their_order(
    cases: st.SearchStrategy[Case], data: st.DataObject
) -> None:
    _, tagged, spans = data.draw(cases)
    variants = variants_of(spans, tagged)
    kept = likeliest(variants, tagged)
    chances = tagged.log_probabilities
    starts = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    ends = np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])
    for number in range(len(spans)):
        of_all, of_kept = (
            np.sort((starts[some.first] + ends[some.last - 1])[some.owner == number])[::-1]
            for some in (variants, kept)
        )
        assert len(of_kept) == min(len(of_all), 12)
        np.testing.assert_array_equal(of_kept, of_all[: len(of_kept)])
    rows = [*zip(kept.owner.tolist(), kept.first.tolist(), kept.last.tolist(), strict=True)]
    assert rows == sorted(rows)


@given(st.data())
def test_variants_are_clear_of_other_candidates_or_swallow_the_next_whole(
    cases: st.SearchStrategy[Case], data: st.DataObject
) -> None:
    _, tagged, spans = data.draw(cases)
    variants = variants_of(spans, tagged)
    for number, (first, _) in enumerate(spans):
        for start, end in bounds(variants, number):
            assert not number or start >= spans[number - 1][1]
            if number + 1 < len(spans) and end > spans[number + 1][0]:
                assert (start, end) == (first, spans[number + 1][1])


def test_ends_move_by_the_shifts_to_edges_to_sentence_ends_and_to_where_the_tagger_would_cut(
    tag: Callable[[list[str]], Tagged],
) -> None:
    text = " ".join(["w"] * 20) + ". " + " ".join(["w"] * 20) + "\nnext"
    tagged = tag([text])
    found = bounds(variants_of([(8, 12)], tagged), 0)
    chances = tagged.log_probabilities[8:12]
    begins = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    closes = np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])
    inner_starts = set((8 + np.argsort(-begins, kind="stable")[:3]).tolist())
    inner_ends = set((9 + np.argsort(-closes, kind="stable")[:3]).tolist())
    assert {start for start, _ in found} == {8 + shift for shift in START_SHIFTS} | {0} | inner_starts
    assert {end for _, end in found} == {12 + shift for shift in END_SHIFTS} | {20, 21, 41} | inner_ends


def test_two_candidates_near_each_other_may_be_one_ad(tag: Callable[[list[str]], Tagged]) -> None:
    tagged = tag([" ".join(["w"] * 60)])
    assert (5, 12) in bounds(variants_of([(5, 6), (10, 12)], tagged), 0)
    far = variants_of([(5, 6), (50, 52)], tagged)
    assert not [end for _, end in bounds(far, 0) if end > 50]


@pytest.mark.parametrize(
    ("rows", "exactness", "expected"),
    [
        ([(0, 2, 0), (0, 3, 0)], [-2.0, -1.0], [1]),
        ([(0, 2, 0), (3, 4, 1), (2, 4, 1)], [-1, -2, -1], [0, 2]),
        ([(0, 3, 0), (2, 4, 1), (3, 5, 1)], [-1, -1, -9], [0, 2]),
        ([(0, 5, 0), (3, 4, 1), (4, 5, 1), (6, 7, 2)], [-1, -1, -1, -9], [0, 3]),
        ([], [], []),
    ],
)
def test_of_each_candidate_the_most_exact_variant_is_chosen_that_is_still_free(
    rows: list[tuple[int, int, int]], exactness: list[float], expected: list[int]
) -> None:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    variants = Variants(table[:, 0], table[:, 1], table[:, 2])
    assert best_variants(variants, np.array(exactness, dtype=np.float32)) == expected


@given(st.data(), st.integers(0, 99))
def test_chosen_variants_are_apart_and_in_order(
    cases: st.SearchStrategy[Case], data: st.DataObject, seed: int
) -> None:
    _, tagged, spans = data.draw(cases)
    variants = variants_of(spans, tagged)
    chances = np.random.default_rng(seed).normal(size=len(variants.first)).astype(np.float32)
    chosen = best_variants(variants, chances)
    assert all(variants.last[a] <= variants.first[b] for a, b in pairwise(chosen))

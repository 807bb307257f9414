from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.model.decoding import Tag
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.variants import END_SHIFTS, START_SHIFTS, Variants, best_variants, variants_of
from spamguard.spans import Interval
from spamguard.text.tokens import tokenise

PIECES = st.sampled_from(
    ["上海", "论坛", "419 ", "Casino ", "bonus ", "\n", ". ", "a ", "(", "|", "б ", "\u200b"]
)
TEXTS = st.lists(
    st.lists(PIECES, min_size=1, max_size=25).map("".join).filter(lambda text: len(tokenise([text])) > 0),
    min_size=1,
    max_size=3,
)


def tag(tagger: Tagger, texts: list[str]) -> Tagged:
    """Tag texts that have tokens."""
    tagged = tagger.tag(texts)
    assert tagged is not None
    return tagged


def draw_spans(tagged: Tagged, data: st.DataObject) -> list[Interval]:
    """Any disjoint ascending ranges of tokens, none across lines, none touching."""
    spans, at, n = list[Interval](), 0, len(tagged.tokens)
    while at < n:
        first = data.draw(st.integers(at, n - 1))
        last = data.draw(st.integers(first + 1, int(tagged.tokens.line_end[first])))
        spans.append((first, last))
        at = last + 1
    return spans


def bounds(variants: Variants, owner: int) -> set[Interval]:
    """The variants of one candidate."""
    rows = np.flatnonzero(variants.owner == owner)
    return {(int(variants.first[i]), int(variants.last[i])) for i in rows}


@given(TEXTS, st.data())
def test_variants_keep_a_part_of_their_candidate_and_stay_on_its_line(
    tagger: Tagger, texts: list[str], data: st.DataObject
) -> None:
    tagged = tag(tagger, texts)
    spans = draw_spans(tagged, data)
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


@given(TEXTS, st.data())
def test_variants_are_clear_of_other_candidates_or_swallow_the_next_whole(
    tagger: Tagger, texts: list[str], data: st.DataObject
) -> None:
    tagged = tag(tagger, texts)
    spans = draw_spans(tagged, data)
    variants = variants_of(spans, tagged)
    for number, (first, _) in enumerate(spans):
        for start, end in bounds(variants, number):
            assert not number or start >= spans[number - 1][1]
            if number + 1 < len(spans) and end > spans[number + 1][0]:
                assert (start, end) == (first, spans[number + 1][1])


def test_ends_move_by_the_shifts_to_edges_to_sentence_ends_and_to_where_the_tagger_would_cut(
    tagger: Tagger,
) -> None:
    text = " ".join(["w"] * 20) + ". " + " ".join(["w"] * 20) + "\nnext"
    tagged = tag(tagger, [text])
    found = bounds(variants_of([(8, 12)], tagged), 0)
    chances = tagged.log_probabilities[8:12]
    begins = np.logaddexp(chances[:, Tag.BEGIN], chances[:, Tag.SINGLE])
    closes = np.logaddexp(chances[:, Tag.END], chances[:, Tag.SINGLE])
    inner_starts = set((8 + np.argsort(-begins, kind="stable")[:3]).tolist())
    inner_ends = set((9 + np.argsort(-closes, kind="stable")[:3]).tolist())
    assert {start for start, _ in found} == {8 + shift for shift in START_SHIFTS} | {0} | inner_starts
    assert {end for _, end in found} == {12 + shift for shift in END_SHIFTS} | {20, 21, 41} | inner_ends


def test_two_candidates_near_each_other_may_be_one_ad(tagger: Tagger) -> None:
    tagged = tag(tagger, [" ".join(["w"] * 60)])
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


@given(TEXTS, st.data(), st.integers(0, 99))
def test_chosen_variants_are_apart_and_in_order(
    tagger: Tagger, texts: list[str], data: st.DataObject, seed: int
) -> None:
    tagged = tag(tagger, texts)
    variants = variants_of(draw_spans(tagged, data), tagged)
    chances = np.random.default_rng(seed).normal(size=len(variants.first)).astype(np.float32)
    chosen = best_variants(variants, chances)
    assert all(variants.last[a] <= variants.first[b] for a, b in pairwise(chosen))

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.model.decoding import REACH, Tag, best_tags, regions, token_spans
from spamguard.text import compiled
from spamguard.text.tokens import tokenise

FREE, WITHIN = (Tag.OUTSIDE, Tag.END, Tag.SINGLE), (Tag.BEGIN, Tag.INSIDE)
SEEDS = st.integers(0, 2**32 - 1)
TEXTS = st.lists(
    st.lists(st.sampled_from(["ad", "上", " ", " ", "\n", "\r\n", "."]), max_size=30).map("".join),
    min_size=1,
    max_size=3,
)


def chances(n: int, seed: int) -> NDArray[np.float32]:
    """Random log-probabilities of five tags for each of n tokens."""
    logits = np.random.default_rng(seed).normal(scale=3, size=(n, 5))
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits.astype(np.float32)


def is_lawful(tags: tuple[int, ...] | list[int]) -> bool:
    """Whether every span that begins ends, and nothing else goes on."""
    within = False
    for tag in tags:
        if within != (tag in (Tag.INSIDE, Tag.END)):
            return False
        within = tag in WITHIN
    return not within


def worth(tags: tuple[int, ...] | list[int], rows: NDArray[np.float32], prior: float) -> float:
    """Log-probability of a sequence, with the prior for each span."""
    spans = sum(tag in (Tag.BEGIN, Tag.SINGLE) for tag in tags)
    return float(sum(row[tag] for row, tag in zip(rows, tags, strict=True))) + prior * spans


@settings(deadline=None)
@given(st.integers(0, 5), SEEDS, st.floats(-3, 3))
def test_the_best_lawful_sequence_is_found(n: int, seed: int, prior: float) -> None:
    rows = chances(n, seed)
    tags = best_tags(rows, prior)
    assert is_lawful(tags)
    best = max(worth(one, rows, prior) for one in product(range(5), repeat=n) if is_lawful(one))
    assert worth(tags, rows, prior) == pytest.approx(best, abs=1e-4)


@settings(deadline=None)
@given(st.integers(1, 200), SEEDS)
def test_long_sequences_are_lawful_too(n: int, seed: int) -> None:
    tags = best_tags(chances(n, seed), 0.0)
    assert len(tags) == n
    assert is_lawful(tags)


def test_a_high_prior_finds_spans_and_a_low_one_none() -> None:
    rows = chances(30, 1)
    assert Tag.OUTSIDE not in best_tags(rows, 50.0)
    assert best_tags(rows, -50.0) == [Tag.OUTSIDE] * 30


@settings(deadline=None)
@given(TEXTS, SEEDS)
def test_spans_are_apart_and_never_cross_lines(texts: list[str], seed: int) -> None:
    tokens = tokenise(texts)
    spans = token_spans(chances(len(tokens), seed), tokens, 0.0)
    for first, last in spans:
        assert 0 <= first < last <= len(tokens)
        assert tokens.line[first] == tokens.line[last - 1]
    for before, behind in pairwise(spans):
        assert before[1] < behind[0] or tokens.line[before[1] - 1] != tokens.line[behind[0]]


@settings(deadline=None)
@given(TEXTS, SEEDS)
def test_a_batch_is_decoded_as_each_document_alone(texts: list[str], seed: int) -> None:
    batch = tokenise(texts)
    rows = chances(len(batch), seed)
    found = token_spans(rows, batch, 0.0)
    alone = [
        (first + start, first + end)
        for text, first, last in zip(texts, batch.doc_first, batch.doc_last, strict=True)
        for start, end in token_spans(rows[first:last], tokenise([text]), 0.0)
    ]
    assert found == alone


@settings(deadline=None)
@given(TEXTS, SEEDS)
def test_every_likely_token_is_decoded_with_its_neighbourhood(texts: list[str], seed: int) -> None:
    tokens = tokenise(texts)
    outside = chances(len(tokens), seed)[:, Tag.OUTSIDE]
    found = regions(outside, tokens)
    covered = [at for first, last in found for at in range(first, last)]
    assert len(covered) == len(set(covered))
    for at in np.flatnonzero(outside < np.log(0.5)):
        line = range(int(tokens.line_start[at]), int(tokens.line_end[at]))
        assert set(line) & set(range(at - REACH, at + REACH + 1)) <= set(covered)
    assert all(tokens.line[first] == tokens.line[last - 1] for first, last in found)


def test_where_nothing_is_likely_nothing_is_decoded() -> None:
    tokens = tokenise(["a quiet line"])
    rows = np.log(np.array([[0.96, 0.01, 0.01, 0.01, 0.01]] * 3, dtype=np.float32))
    assert regions(rows[:, Tag.OUTSIDE], tokens) == []
    assert token_spans(rows, tokens, 50.0) == []


def test_neighbours_on_one_line_are_one_span() -> None:
    tokens = tokenise(["one two\nthree"])
    rows = np.log(np.array([[0.01, 0.01, 0.01, 0.01, 0.96]] * 3, dtype=np.float32))
    assert token_spans(rows, tokens, 0.0) == [(0, 2), (2, 3)]


@pytest.mark.skipif(compiled.extension is None, reason="built without a C compiler")
@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), SEEDS, st.sampled_from([-1.5, 0.0, 1.2]))
def test_the_compiled_road_gives_the_same_tags(lengths: list[int], seed: int, prior: float) -> None:
    # Halves tie often: of equal sequences both roads must take the same one.
    rows = (np.round(chances(sum(lengths), seed) * 2) / 2).astype(np.float32)
    last = np.cumsum(lengths)
    first = last - lengths
    tags = np.zeros(len(rows), dtype=np.uint8)
    compiled.loaded().decode(rows, first, last, prior, tags)
    assert tags.tolist() == [
        tag for a, b in zip(first, last, strict=True) for tag in best_tags(rows[a:b], prior)
    ]


@pytest.mark.skipif(compiled.extension is None, reason="built without a C compiler")
@pytest.mark.parametrize(("first", "last"), [([-1], [2]), ([2], [1]), ([0], [5]), ([0, 1], [2])])
def test_the_compiled_road_refuses_stretches_that_lie_outside(first: list[int], last: list[int]) -> None:
    rows, tags = chances(4, 1), np.zeros(4, dtype=np.uint8)
    with pytest.raises(ValueError, match="outside of the tokens"):
        compiled.loaded().decode(rows, np.array(first), np.array(last), 0.0, tags)


def test_without_the_extension_the_same_spans_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = tokenise(["ad ad 上 ad . ad\nad 上 上 ad"] * 20)
    rows = chances(len(tokens), 7)
    found = token_spans(rows, tokens, 0.5)
    monkeypatch.setattr(compiled, "extension", None)
    assert found
    assert token_spans(rows, tokens, 0.5) == found

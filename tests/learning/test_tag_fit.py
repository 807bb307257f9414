from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.tag_fit import fit_network, tags_of
from spamguard.model.decoding import Tag

LETTERS = dict(zip("OBIES", Tag, strict=True))


@pytest.mark.parametrize(
    ("marks", "starts", "expected"),
    [
        ("000", "100", "OOO"),
        ("010", "100", "OSO"),
        ("0110", "1000", "OBEO"),
        ("1111", "1000", "BIIE"),
        ("1111", "1010", "BEBE"),
        ("1111", "1001", "BIES"),
        ("1101", "0000", "BEOS"),
        ("1", "0", "S"),
        ("", "", ""),
    ],
)
def test_marks_become_tags(marks: str, starts: str, expected: str) -> None:
    labels = np.array([int(mark) for mark in marks], dtype=np.int8)
    flags = np.array([start == "1" for start in starts], dtype=bool)
    assert tags_of(labels, flags).tolist() == [LETTERS[letter] for letter in expected]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_every_span_begins_and_ends(tokens: list[tuple[bool, bool]]) -> None:
    labels = np.array([mark for mark, _ in tokens], dtype=np.int8)
    tags = tags_of(labels, np.array([start for _, start in tokens])).tolist()
    assert [tag != Tag.OUTSIDE for tag in tags] == [mark for mark, _ in tokens]
    within = False
    for tag in tags:
        assert within == (tag in (Tag.INSIDE, Tag.END))
        within = tag in (Tag.BEGIN, Tag.INSIDE)
    assert not within


def test_a_network_learns_and_the_same_seed_learns_the_same() -> None:
    rng = np.random.default_rng(1)
    targets = rng.integers(0, 5, 4_000).astype(np.int8)
    matrix = (rng.normal(size=(4_000, 6)) * 3 + 100).astype(np.float32)
    matrix[np.arange(4_000), targets] += 20
    one, two = (
        fit_network(matrix.copy(), targets, hidden=(12,), epochs=150, seed=4, alpha=1e-4) for _ in range(2)
    )
    chances = one.log_probabilities(matrix)
    assert chances.shape == (4_000, 5)
    assert (chances.argmax(axis=1) == targets).mean() > 0.95
    np.testing.assert_array_equal(chances, two.log_probabilities(matrix))

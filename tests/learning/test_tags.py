from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.documents import Labelled
from spamguard.learning.tags import span_starts, tags_of
from spamguard.model.decoding import Tag
from spamguard.text.tokens import tokenise

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


def labelled(text: str, *spans: tuple[int, int]) -> Labelled:
    """A document with spam in it."""
    return Labelled(text, spans, "en", "en-demo", "seo", "prefix")


def test_starts_are_those_of_spans_and_lines() -> None:
    documents = [labelled("good ad ad\nad fine", (5, 7), (8, 10), (11, 13)), labelled("ad x", (0, 2))]
    tokens = tokenise([document.text for document in documents])
    #                                                       good ad ad | ad fine | ad x
    assert span_starts(tokens, documents)[1:].tolist() == [True, True, True, False, True, False]


def test_a_span_that_starts_with_an_ignorable_character_starts_at_its_first_token() -> None:
    documents = [labelled("good \u200bad x", (5, 8))]
    assert span_starts(tokenise([documents[0].text]), documents)[1:].tolist() == [True, False]

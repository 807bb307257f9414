from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spamguard.features.context import Columns
from spamguard.model.tagger import Prepared
from spamguard.text.tokens import tokenise

Prepare = Callable[..., Prepared]
WORDS = ["上海", "419", "Casino ", "c4sino", "WORD", "a", "б", "カ"]
SIGNS = [" ", "\n", "\n", ". ", "。", "(", ")", "“", "|", "😀", "\u200b", "\ud800"]
TEXT = st.lists(st.one_of(st.sampled_from(WORDS + SIGNS), st.characters()), max_size=20).map("".join)
TEXTS = st.lists(TEXT, min_size=1, max_size=4).filter(lambda texts: len(tokenise(texts)) > 0)


@given(TEXTS)
def test_a_batch_is_described_as_each_document_alone(prepare: Prepare, texts: list[str]) -> None:
    batch, found = tokenise(texts), prepare(*texts).context
    for first, last, text in zip(batch.doc_first, batch.doc_last, texts, strict=True):
        if first < last:
            alone = prepare(text).context
            np.testing.assert_array_equal(found.kind[first:last], alone.kind)
            off = (found.matrix[first:last] != alone.matrix).any(axis=0)
            assert not [name for name, wrong in zip(found.names, off, strict=True) if wrong]


@given(TEXTS, st.floats(-6, 6))
def test_raised_lines_are_described_as_among_all_lines(
    prepare: Prepare, texts: list[str], gate: float
) -> None:
    everything = prepare(*texts)
    rows = np.flatnonzero(everything.facts.line_best >= gate)
    if len(rows):
        raised = prepare(*texts, gate=gate).context
        off = (raised.matrix != everything.context.matrix[rows]).any(axis=0)
        assert not [name for name, wrong in zip(raised.names, off, strict=True) if wrong]
        np.testing.assert_array_equal(raised.kind, everything.context.kind[rows])


@given(TEXTS)
def test_every_token_has_a_finite_row(prepare: Prepare, texts: list[str]) -> None:
    found = prepare(*texts).context
    assert found.matrix.shape == (len(tokenise(texts)), len(found.names))
    assert found.matrix.dtype == np.float32
    assert np.isfinite(found.matrix).all()


def test_columns_have_names_of_their_own_whatever_the_text(prepare: Prepare) -> None:
    names = prepare("a").context.names
    assert len(set(names)) == len(names)
    assert prepare("上海, (x) 419\nb").context.names == names


def test_columns_grow_side_by_side_under_their_names() -> None:
    columns = Columns()
    columns.add("flag", np.array([True, False]))
    columns.add("count", np.array([3, 4]))
    assert columns.names == ["flag", "count"]
    assert columns.matrix().tolist() == [[1, 3], [0, 4]]
    assert columns.matrix().dtype == np.float32

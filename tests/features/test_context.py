from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.context import ContextFeatures, context_features
from spamguard.features.language import LanguageTables, language_fit
from spamguard.features.lexical import lexical_features, lexical_scores
from spamguard.text.tokens import tokenise

WORDS = ["上海", "419", "Casino ", "c4sino", "WORD", "a", "б", "カ"]
SIGNS = [" ", "\n", ". ", "。", "(", ")", "“", "|", "😀", "\u200b", "\ud800"]
TEXT = st.lists(st.one_of(st.sampled_from(WORDS + SIGNS), st.characters()), max_size=20).map("".join)


class Describer:
    """Works out the context features of any batch with one set of weights."""

    def __init__(self, weights: NDArray[np.float32], tables: LanguageTables) -> None:
        self.weights, self.tables = weights, tables

    def __call__(self, *texts: str) -> ContextFeatures:
        """Describe the tokens of a batch."""
        tokens = tokenise(texts)
        lexical = lexical_features(tokens)
        score = lexical_scores(lexical, self.weights, 0.0)
        return context_features(tokens, lexical, language_fit(tokens, lexical, self.tables), score)

    def column(self, name: str, *texts: str) -> list[Any]:
        """One named feature of each token of a batch."""
        found = self(*texts)
        values: list[Any] = found.matrix[:, found.names.index(name)].tolist()
        return values


@settings(deadline=None)
@given(st.lists(TEXT.filter(lambda text: len(tokenise([text])) > 0), min_size=1, max_size=4))
def test_a_batch_is_described_as_each_document_alone(
    weights: NDArray[np.float32], tables: LanguageTables, texts: list[str]
) -> None:
    describe, batch = Describer(weights, tables), tokenise(texts)
    found = describe(*texts)
    for first, last, text in zip(batch.doc_first, batch.doc_last, texts, strict=True):
        alone = describe(text)
        np.testing.assert_array_equal(found.kind[first:last], alone.kind)
        off = np.abs(found.matrix[first:last] - alone.matrix).max(axis=0) > 1e-4
        assert not [name for name, wrong in zip(found.names, off, strict=True) if wrong]


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4).filter(lambda texts: len(tokenise(texts)) > 0))
def test_every_token_has_a_finite_row(
    weights: NDArray[np.float32], tables: LanguageTables, texts: list[str]
) -> None:
    found = Describer(weights, tables)(*texts)
    assert found.matrix.shape == (len(tokenise(texts)), len(found.names))
    assert found.matrix.dtype == np.float32
    assert np.isfinite(found.matrix).all()


def test_columns_have_names_of_their_own(weights: NDArray[np.float32], tables: LanguageTables) -> None:
    names = Describer(weights, tables)("a").names
    assert len(set(names)) == len(names)
    assert Describer(weights, tables)("上海, (x) 419\nb").names == names


def test_a_stop_inside_a_domain_ends_no_segment(weights: NDArray[np.float32], tables: LanguageTables) -> None:
    describe = Describer(weights, tables)
    ends = describe.column("to segment end", "see demo.com now. Next one。后面")
    #                see demo . com now . next one 。 后 面
    assert ends == [5, 4, 3, 2, 1, 0, 2, 1, 0, 1, 0]


def test_the_script_of_the_document_shows(weights: NDArray[np.float32], tables: LanguageTables) -> None:
    describe = Describer(weights, tables)
    text = "上海 The bank said on Monday"
    assert describe.column("script is main", text) == [0, 0, 1, 1, 1, 1, 1]
    assert describe.column("run starts line", text) == [1, 1, 0, 0, 0, 0, 0]


def test_repeated_strings_show_within_one_document(
    weights: NDArray[np.float32], tables: LanguageTables
) -> None:
    describe = Describer(weights, tables)
    assert describe.column("repeated 2", "buy pills x\nbuy pills y") == [1, 1, 0, 1, 1, 0]
    assert describe.column("repeated 2", "buy pills x", "buy pills y") == [0] * 6


def test_lines_see_their_neighbours_in_their_own_document(
    weights: NDArray[np.float32], tables: LanguageTables
) -> None:
    describe = Describer(weights, tables)
    best, before, behind = (
        describe.column(name, "a", "b\nc\nd", "e") for name in ("best of line", "line before", "line after")
    )
    assert before == [best[0], best[1], best[1], best[2], best[4]]
    assert behind == [best[0], best[2], best[3], best[3], best[4]]


def test_brackets_and_quotes_are_seen_from_inside(
    weights: NDArray[np.float32], tables: LanguageTables
) -> None:
    describe = Describer(weights, tables)
    assert describe.column("in brackets", "a (b [c]) d\ne") == [0, 0, 1, 1, 2, 2, 1, 0, 0]
    assert describe.column("in quotes", '"a" b') == [0, 1, 1, 0]

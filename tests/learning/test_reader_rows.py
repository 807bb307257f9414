from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from spamguard.features.lexical import lexical_features
from spamguard.learning.documents import Ingredients, Labelled, make
from spamguard.learning.reader_fit import Fitting
from spamguard.learning.reader_rows import (
    _NEAR,
    _REACH,
    StoredRows,
    joined,
    reader_rows,
    standardise,
    to_entries,
)
from spamguard.model.decoding import Tag
from spamguard.model.network import CLIP
from spamguard.model.reader import Reader
from spamguard.model.tagger import Tagger
from spamguard.text.tokens import tokenise

Floats = NDArray[np.float32]
N_PLAIN = 300


def labelled(text: str, *spans: tuple[int, int]) -> Labelled:
    """A document with spam in it."""
    return Labelled(text, spans, "en", "en-demo", "seo", "prefix")


def words(count: int) -> str:
    """Plain text."""
    return "word " * count


@pytest.fixture(scope="module")
def quiet(blind: Tagger) -> Tagger:
    """A tagger that suspects nothing and raises every line."""
    return replace(blind, lexical_bias=-1e3, gate=-np.inf)


def rows_of(tagger: Tagger, documents: list[Labelled], keep_share: float, seed: int = 1) -> StoredRows:
    """The rows of a few documents, features as they come."""
    found = replace(tagger, gate=-np.inf).prepare(["x"])
    assert found is not None
    width = found.context.matrix.shape[1]
    standard = np.zeros(width, dtype=np.float32), np.ones(width, dtype=np.float32)
    [rows] = reader_rows(tagger, documents, standard, keep_share=keep_share, seed=seed)
    return rows


@st.composite
def stored(draw: st.DrawFn) -> StoredRows:
    """Rows in stretches of any lengths, each token with a number of its own."""
    lengths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=12))
    first = draw(st.integers(0, 3))
    n = sum(lengths)
    own = np.arange(n)
    return StoredRows(
        csr_matrix(np.stack([own + 1, own % 2], axis=1).astype(np.float32)),
        (own[:, None] % 100).astype(np.int8),
        first + np.repeat(np.arange(len(lengths)), lengths),
        (own % 5).astype(np.int8),
        (own % 2).astype(np.float32),
    )


def assert_same_tokens(one: StoredRows, two: StoredRows) -> None:
    """Both hold the same tokens in the same order."""
    np.testing.assert_array_equal(one.entries.toarray(), two.entries.toarray())
    np.testing.assert_array_equal(one.dense, two.dense)
    np.testing.assert_array_equal(one.tags, two.tags)
    np.testing.assert_array_equal(one.weight, two.weight)


def starts(rows: StoredRows) -> list[bool]:
    """Whether each token but the first starts a stretch; stretches ascend."""
    steps = np.diff(rows.stretch)
    assert (steps >= 0).all()
    return [bool(step > 0) for step in steps]


def test_all_near_spam_is_learnt_and_what_it_sees_is_there_for_context(quiet: Tagger) -> None:
    text = words(N_PLAIN) + "buy pills now " + words(N_PLAIN)
    at = text.index("buy")
    rows = rows_of(quiet, [labelled(text, (at, at + 13))], 0.0)
    learnt = [1.0] * (3 + 2 * _NEAR)
    assert rows.weight.tolist() == [0.0] * _REACH + learnt + [0.0] * _REACH
    tags = [Tag.OUTSIDE] * (_REACH + _NEAR) + [Tag.BEGIN, Tag.INSIDE, Tag.END]
    assert rows.tags.tolist() == tags + [Tag.OUTSIDE] * (_REACH + _NEAR)
    assert not any(starts(rows))
    tokens = slice(N_PLAIN - _NEAR - _REACH, N_PLAIN + 3 + _NEAR + _REACH)
    seen = quiet.prepare([text])
    assert seen is not None
    plain = np.zeros(1, dtype=np.float32), np.ones(1, dtype=np.float32)
    np.testing.assert_array_equal(rows.dense, standardise(seen.context.matrix[tokens], *plain))
    np.testing.assert_array_equal(rows.entries.toarray(), to_entries(seen.lexical)[tokens].toarray())


def test_what_the_first_stage_suspects_is_learnt_whole(blind: Tagger) -> None:
    silent = np.zeros_like(blind.lexical_weights)
    suspicious = replace(blind, lexical_weights=silent, lexical_bias=1.0, gate=-np.inf)
    assert rows_of(suspicious, [labelled(words(40))], 0.0).weight.sum() == 40
    calm = replace(suspicious, lexical_bias=-1.5)
    standard = np.zeros(1, dtype=np.float32), np.ones(1, dtype=np.float32)
    assert reader_rows(calm, [labelled(words(40))], standard, keep_share=0.0, seed=1) == []


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_of_plain_text_the_wanted_share_is_learnt_in_pieces(quiet: Tagger, share: float) -> None:
    rows = rows_of(quiet, [labelled(words(8_000))], share)
    assert abs(rows.weight.sum() - share * 8_000) < 800
    changes = np.flatnonzero(np.diff(rows.weight))
    assert len(changes) <= 2 * 8_000 / 16


def test_the_same_seed_keeps_the_same_text(quiet: Tagger) -> None:
    documents = [labelled(f"{words(50)} {n}" * 4) for n in range(10)]
    one, two, other = (rows_of(quiet, documents, 0.3, seed) for seed in (1, 1, 2))
    assert_same_tokens(one, two)
    np.testing.assert_array_equal(one.stretch, two.stretch)
    assert not np.array_equal(one.weight, other.weight)


def test_a_stretch_never_goes_on_over_a_line_or_a_gap(quiet: Tagger) -> None:
    text = "buy pills\nfine words"
    assert starts(rows_of(quiet, [labelled(text, (0, 9))], 0.0)) == [False, True, False]
    assert starts(rows_of(quiet, [labelled("one two"), labelled("three")], 1.0)) == [False, True]
    far = "ad " + words(N_PLAIN) + "ad"
    rows = rows_of(quiet, [labelled(far, (0, 2), (len(far) - 2, len(far)))], 0.0)
    one_side = 1 + _NEAR + _REACH
    assert starts(rows) == [False] * (one_side - 1) + [True] + [False] * (one_side - 1)


def test_lines_below_the_gate_make_no_rows(blind: Tagger) -> None:
    documents = [labelled("ad\nfine words", (0, 2)), labelled("more")]
    found = replace(blind, gate=-np.inf).prepare([document.text for document in documents])
    assert found is not None
    gate = float(np.unique(found.facts.line_best)[-1])
    rows = rows_of(replace(blind, gate=gate), documents, 1.0)
    assert len(rows.tags) == (found.facts.line_best >= gate).sum() < len(found.tokens)
    standard = np.zeros(1, dtype=np.float32), np.ones(1, dtype=np.float32)
    closed = replace(blind, gate=np.inf)
    assert reader_rows(closed, documents, standard, keep_share=1.0, seed=1) == []


def test_what_is_learnt_from_is_what_is_read(tagger: Tagger, parts: Ingredients) -> None:
    documents = make(parts, 8, polluted_share=1.0, seed=1)
    reader = tagger.reader
    assert isinstance(reader, Reader)
    everywhere = replace(tagger, gate=-np.inf)
    standard = reader.mean, reader.scale
    [rows] = reader_rows(everywhere, documents, standard, keep_share=1.0, seed=1)
    table = (reader.table * reader.table_scale).astype(np.float32)
    loss, _ = Fitting(table, list(reader.weights), list(reader.biases)).loss_and_gradients(rows.unpack())
    tagged = everywhere.tag([document.text for document in documents])
    assert tagged is not None
    assert len(tagged.tokens) == len(rows.tags) == rows.weight.sum()
    own = tagged.log_probabilities[np.arange(len(rows.tags)), rows.tags]
    assert loss == pytest.approx(-float(own.mean()), rel=5e-3)


@given(st.lists(st.sampled_from(["上海", "419 ", "casino ", "\n", ". ", "\u200b", "é"]), max_size=15))
def test_entries_add_up_to_what_the_reader_adds_up(tagger: Tagger, pieces: list[str]) -> None:
    lexical = lexical_features(tokenise(["x " + "".join(pieces)]))
    reader = tagger.reader
    assert isinstance(reader, Reader)
    summed = to_entries(lexical) @ (reader.table * reader.table_scale)
    np.testing.assert_allclose(summed, reader.embed(lexical), rtol=1e-4, atol=1e-4)


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=20), st.floats(-5, 5), st.floats(0.125, 4))
def test_unpacking_undoes_packing_within_rounding(values: list[float], mean: float, scale: float) -> None:
    matrix = np.array(values, dtype=np.float32)[:, None]
    centre, factor = np.array([mean], dtype=np.float32), np.array([scale], dtype=np.float32)
    n = len(values)
    rows = StoredRows(
        csr_matrix(np.zeros((n, 4), dtype=np.float32)),
        standardise(matrix, centre, factor),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int8),
        np.ones(n, dtype=np.float32),
    )
    found = rows.unpack()
    assert found.dense.dtype == np.float32
    exact = np.clip((matrix - centre) * factor, -CLIP, CLIP)
    np.testing.assert_allclose(found.dense, exact, atol=0.501 * CLIP / 127)
    for name in ("entries", "stretch", "tags", "weight"):
        assert getattr(found, name) is getattr(rows, name)


@given(stored(), st.integers(1, 30))
def test_pieces_hold_every_token_once_and_cut_no_stretch(rows: StoredRows, size: int) -> None:
    pieces = rows.pieces(size)
    longest = int(np.bincount(rows.stretch).max())
    assert all(0 < len(piece.tags) < size + longest for piece in pieces)
    assert all(piece.stretch[0] == 0 for piece in pieces)
    again = joined(pieces)
    assert_same_tokens(again, rows)
    # Had a stretch been cut, its second half would start one of its own.
    assert starts(again) == starts(rows)


@given(st.lists(stored(), min_size=1, max_size=4))
def test_joining_keeps_all_stretches_apart(parts: list[StoredRows]) -> None:
    found = joined(parts)
    expected = [flag for part in parts for flag in (True, *starts(part))]
    assert starts(found) == expected[1:]
    np.testing.assert_array_equal(found.tags, np.concatenate([part.tags for part in parts]))
    np.testing.assert_array_equal(found.dense, np.concatenate([part.dense for part in parts]))
    np.testing.assert_array_equal(
        found.entries.toarray(), np.concatenate([part.entries.toarray() for part in parts])
    )

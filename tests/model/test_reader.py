from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.lexical import LexicalFeatures, gram_value, lexical_features
from spamguard.model.network import CLIP
from spamguard.model.reader import DILATIONS, STEPS, WIDTH, Reader, table_rows
from spamguard.model.tagger import Tagger
from spamguard.text import compiled
from spamguard.text.tokens import tokenise

Floats = NDArray[np.float32]
REACH = 14


@pytest.fixture(scope="module", params=["compiled road", "NumPy alone"])
def reader(request: pytest.FixtureRequest, reader: Reader) -> Iterator[Reader]:
    """The tagger's reader, on either road, as are those that a test makes of it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "NumPy alone":
            patch.setattr(compiled, "extension", None)
        yield replace(reader)


def lexical_of(texts: list[str]) -> tuple[LexicalFeatures, NDArray[np.int64]]:
    """Hashed features of some texts, and the lines of their tokens."""
    tokens = tokenise(texts)
    return lexical_features(tokens), tokens.line


def dense_of(reader: Reader, n_tokens: int, seed: int = 0) -> Floats:
    """Random dense features."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (n_tokens, len(reader.mean))).astype(np.float32)


def embedded_by_hand(reader: Reader, lexical: LexicalFeatures, token: int) -> NDArray[np.float64]:
    """The sum of one token's embeddings, added up one by one."""
    first, last = int(lexical.gram_start[token]), int(lexical.gram_end[token])
    total = reader.table[table_rows(lexical.words[token, 0])].astype(np.float64)
    for row in table_rows(lexical.grams[first:last]).ravel():
        total += reader.table[row] * gram_value(np.array([last - first]))[0]
    return total * reader.table_scale


def read_by_hand(
    reader: Reader, lexical: LexicalFeatures, matrix: Floats, line: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Log-probabilities, worked out token by token."""
    dense = np.clip((matrix - reader.mean) * reader.scale, -CLIP, CLIP).astype(np.float64)
    embedded = [embedded_by_hand(reader, lexical, token) for token in range(len(line))]
    joint = np.concatenate([dense, np.array(embedded)], axis=1)
    hidden = np.maximum(joint @ reader.weights[0] + reader.biases[0], 0)
    for dilation, weight, bias in zip(DILATIONS, reader.weights[1:-1], reader.biases[1:-1], strict=True):
        blocks, out = (
            weight.reshape(len(STEPS), -1, weight.shape[1]),
            np.tile(bias.astype(float), (len(line), 1)),
        )
        for token in range(len(line)):
            for step, block in zip(STEPS, blocks, strict=True):
                other = token + step * dilation
                if 0 <= other < len(line) and line[other] == line[token]:
                    out[token] += hidden[other] @ block
        hidden = hidden + np.maximum(out, 0)
    logits = hidden @ reader.weights[-1] + reader.biases[-1]
    result: NDArray[np.float64] = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return result


@pytest.mark.parametrize(
    "texts", [["a"], ["a\n\n\nb"], ["", "x", ""], ["The bank said 419 上海论坛.\nMore", "one two " * 12]]
)
def test_reading_is_embeddings_then_dilated_convolutions_then_softmax(
    reader: Reader, texts: list[str]
) -> None:
    lexical, line = lexical_of(texts)
    matrix = dense_of(reader, len(line))
    reading = reader.read(lexical, matrix, line)
    assert reading.log_probabilities.dtype == reading.hidden.dtype == np.float32
    np.testing.assert_allclose(
        reading.log_probabilities, read_by_hand(reader, lexical, matrix, line), atol=1e-4
    )


@settings(max_examples=50)
@given(st.data())
def test_a_token_is_embedded_alike_whatever_stands_around_its_text(
    reader: Reader, texts: st.SearchStrategy[list[str]], data: st.DataObject
) -> None:
    drawn = data.draw(texts)
    alone = [reader.embed(lexical_of([text])[0]) for text in drawn]
    np.testing.assert_array_equal(reader.embed(lexical_of(drawn)[0]), np.concatenate(alone))


@settings(max_examples=50)
@given(st.data())
def test_a_batch_is_read_as_each_line_alone(
    reader: Reader, texts: st.SearchStrategy[list[str]], data: st.DataObject
) -> None:
    lexical, line = lexical_of(data.draw(texts))
    matrix = dense_of(reader, len(line), data.draw(st.integers(0, 99)))
    batch = reader.read(lexical, matrix, line)
    for number in set(line.tolist()):
        rows = np.flatnonzero(line == number)
        alone = reader.read(lexical.take(rows), matrix[rows], line[rows])
        np.testing.assert_allclose(batch.hidden[rows], alone.hidden, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(
            batch.log_probabilities[rows], alone.log_probabilities, rtol=1e-5, atol=1e-5
        )


@given(st.lists(st.integers(1, 40), min_size=1, max_size=3), st.data())
def test_a_token_is_seen_as_far_as_the_layers_reach_on_its_own_line(
    reader: Reader, lengths: list[int], data: st.DataObject
) -> None:
    # No weight is negative, so that every path carries what it sees.
    open_reader = replace(
        reader,
        weights=tuple(np.abs(weight) for weight in reader.weights),
        biases=tuple(np.abs(bias) for bias in reader.biases),
        table=np.zeros_like(reader.table),
    )
    lexical, line = lexical_of(["\n".join("w " * length for length in lengths)])
    matrix = np.tile(reader.mean, (len(line), 1))
    before = open_reader.read(lexical, matrix, line).hidden
    token = data.draw(st.integers(0, len(line) - 1))
    matrix[token] += CLIP / np.maximum(reader.scale, 1e-3)
    changed = (open_reader.read(lexical, matrix, line).hidden != before).any(axis=1)
    near = np.abs(np.arange(len(line)) - token) <= REACH
    np.testing.assert_array_equal(changed, near & (line == line[token]))


def test_one_odd_feature_does_not_rule(reader: Reader) -> None:
    lexical, line = lexical_of(["a b"])
    matrix = dense_of(reader, 2)
    matrix[0] = 1e30
    more = matrix.copy()
    more[0] *= 10
    one, two = (reader.read(lexical, each, line).log_probabilities for each in (matrix, more))
    assert np.isfinite(one).all()
    np.testing.assert_array_equal(one, two)


def test_reading_leaves_the_features_as_they_were(reader: Reader) -> None:
    lexical, line = lexical_of(["The bank said 419"])
    matrix = dense_of(reader, len(line))
    before, table = matrix.copy(), reader.table.copy()
    reader.read(lexical, matrix, line)
    np.testing.assert_array_equal(matrix, before)
    np.testing.assert_array_equal(reader.table, table)


def test_a_reader_survives_its_arrays(reader: Reader) -> None:
    arrays = reader.to_arrays()
    assert arrays["reader_table"].dtype == np.int8
    assert {arrays[f"reader_weight_{number}"].dtype for number in range(5)} == {np.dtype(np.float16)}
    again = Reader.from_arrays(arrays | {"verifier_weight_0": np.zeros(3, dtype=np.float16)})
    assert all(one.dtype == np.float32 for one in (*again.weights, *again.biases, again.mean, again.scale))
    lexical, line = lexical_of(["The bank said 419 上海论坛.\nMore"])
    matrix = dense_of(reader, len(line))
    one, two = reader.read(lexical, matrix, line), again.read(lexical, matrix, line)
    np.testing.assert_array_equal(one.log_probabilities, two.log_probabilities)
    np.testing.assert_array_equal(one.hidden, two.hidden)


def test_a_reader_in_full_precision_reads_nearly_alike_from_its_arrays(reader: Reader) -> None:
    rng = np.random.default_rng(2)
    fine = tuple(
        weight * (1 + rng.uniform(-4e-4, 4e-4, weight.shape)).astype(np.float32) for weight in reader.weights
    )
    full = replace(reader, weights=fine)
    again = Reader.from_arrays(full.to_arrays())
    lexical, line = lexical_of(["The bank said 419 上海论坛.\nMore"])
    matrix = dense_of(reader, len(line))
    one, two = (each.read(lexical, matrix, line).log_probabilities for each in (full, again))
    assert (one != two).any()
    np.testing.assert_allclose(one, two, atol=0.02)


@pytest.mark.parametrize("name", ["reader_table", "reader_mean", "reader_weight_4", "reader_bias_0"])
def test_a_missing_array_is_named(reader: Reader, name: str) -> None:
    arrays = reader.to_arrays()
    del arrays[name]
    with pytest.raises(KeyError, match=name):
        Reader.from_arrays(arrays)


def test_every_row_of_the_table_is_reached(reader: Reader) -> None:
    assert table_rows(np.array([0, 2**20 - 1])).tolist() == [0, len(reader.table) - 1]
    assert reader.table.shape[1] == WIDTH


def test_a_table_of_any_power_of_two_is_read_by_the_same_hashes(reader: Reader) -> None:
    small = replace(reader, table=reader.table[:: len(reader.table) >> 10].copy())
    lexical, _ = lexical_of(["The bank said 419 上海论坛."])
    rows = lexical.words[:, 0] >> 10
    bare = replace(lexical, gram_end=lexical.gram_start)
    np.testing.assert_allclose(small.embed(bare), small.table[rows] * small.table_scale, rtol=1e-6)


def test_a_long_line_reads_alike_however_it_is_cut(monkeypatch: pytest.MonkeyPatch, tagger: Tagger) -> None:
    raised, reader = (
        replace(tagger).raise_lines(["Casino bonus 419 论坛. " * 60 + "\nThe bank said."]),
        tagger.reader,
    )
    assert raised is not None
    assert reader is not None
    arrays = raised.context.matrix, reader._embed_numpy(raised.lexical), raised.tokens.line
    whole = reader._read_numpy(*arrays)
    monkeypatch.setattr("spamguard.model.reader._STRETCH", 29)
    for one, other in zip(reader._read_numpy(*arrays), whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)

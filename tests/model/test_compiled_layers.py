"""The compiled road through the reader gives what the NumPy code gives, and refuses what lies outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.features.lexical import LexicalFeatures, lexical_features
from spamguard.model import compiled_layers
from spamguard.model.compiled_layers import MAX_LAYER_WIDTH, MAX_WIDTH, CompiledLayers, CompiledTable
from spamguard.model.reader import DILATIONS, STEPS, Reader
from spamguard.text import compiled
from spamguard.text.tokens import tokenise

Floats = NDArray[np.float32]
Index = NDArray[np.int64]
N_TAGS = 5
PIECES = [
    "上海",
    "论坛",
    "419 ",
    "c4$ino ",
    "\n",
    "\n\n",
    ". ",
    "a ",
    "Ж",
    "กา",
    "\u0301",
    "\ud800",
    "x" * 130,
    "@",
]
TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join), min_size=1, max_size=3
)
needs_extension = pytest.mark.skipif(compiled.extension is None, reason="built without a C compiler")
needs_layers = pytest.mark.skipif(
    compiled.extension is None or not compiled.extension.can_read_layers(), reason="not on this processor"
)


def lexical_of(texts: list[str]) -> tuple[LexicalFeatures, Index]:
    """Hashed features of some texts, and the lines of their tokens."""
    tokens = tokenise(texts)
    return lexical_features(tokens), tokens.line


def table_of(reader: Reader) -> CompiledTable:
    """A reader's table on the compiled road."""
    table = compiled_layers.compiled_table(reader.table, reader.table_scale)
    assert table is not None
    return table


def layers_or_none(reader: Reader) -> CompiledLayers | None:
    """A reader's layers on the compiled road, where they can go there."""
    return compiled_layers.compiled_layers(
        reader.weights, reader.biases, mean=reader.mean, scale=reader.scale, dilations=DILATIONS
    )


def layers_of(reader: Reader) -> CompiledLayers:
    """A reader's layers on the compiled road."""
    layers = layers_or_none(reader)
    assert layers is not None
    return layers


def reader_of(reader: Reader, *, n_dense: int, n_hidden: int, seed: int) -> Reader:
    """A reader of other widths with random weights, small enough that no layer drowns the one before."""
    rng = np.random.default_rng(seed)
    width = reader.table.shape[1]
    sizes = [
        (n_dense + width, n_hidden),
        *[(len(STEPS) * n_hidden, n_hidden)] * len(DILATIONS),
        (n_hidden, N_TAGS),
    ]
    return replace(
        reader,
        mean=rng.normal(size=n_dense).astype(np.float32),
        scale=np.abs(rng.normal(size=n_dense)).astype(np.float32),
        weights=tuple((rng.normal(size=size) / np.sqrt(size[0])).astype(np.float32) for size in sizes),
        biases=tuple(rng.normal(size=size[1]).astype(np.float32) for size in sizes),
    )


def lines_of(lengths: list[int]) -> Index:
    """Numbers of lines of so many tokens each, not all in a row."""
    return np.repeat(np.arange(len(lengths)) * 3, lengths)


@needs_extension
@settings(max_examples=60)
@given(texts=TEXTS, data=st.data())
def test_embeddings_are_the_same_to_the_bit(reader: Reader, texts: list[str], data: st.DataObject) -> None:
    lexical, line = lexical_of(texts)
    kept = data.draw(st.sets(st.sampled_from(line.tolist()))) if len(line) else set()
    table = table_of(reader)
    for some in (lexical, lexical.take(np.flatnonzero(np.isin(line, list(kept))))):
        np.testing.assert_array_equal(table.embed(some), reader._embed_numpy(some))


@needs_extension
@given(width=st.integers(1, MAX_WIDTH), bits=st.integers(0, 20), seed=st.integers(0, 99))
def test_tables_of_any_size_are_added_up(width: int, bits: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(-128, 128, (1 << bits, width), dtype=np.int8)
    found = compiled_layers.compiled_table(table, np.ones(width, dtype=np.float32))
    lexical, _ = lexical_of(["The bank said 419"])
    assert found is not None
    rows = lexical.words[:, 0] >> (20 - bits)
    sums = [table[lexical.grams[a:b] >> (20 - bits)].sum(axis=(0, 1), dtype=np.int64)
            for a, b in zip(lexical.gram_start, lexical.gram_end, strict=True)]  # fmt: skip
    value = 2 / np.sqrt((lexical.gram_end - lexical.gram_start) * 4)
    np.testing.assert_allclose(found.embed(lexical), np.array(sums) * value[:, None] + table[rows], rtol=1e-5)


@needs_layers
@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60) | st.sampled_from([255, 511, 513, 1100]), max_size=8),
    n_dense=st.integers(1, 40),
    n_hidden=st.integers(1, 70),
    seed=st.integers(0, 99),
)
def test_layers_give_nearly_the_same(
    reader: Reader, lengths: list[int], n_dense: int, n_hidden: int, seed: int
) -> None:
    drawn = reader_of(reader, n_dense=n_dense, n_hidden=n_hidden, seed=seed)
    rng, line = np.random.default_rng(seed), lines_of(lengths)
    matrix = rng.normal(0, 2, (len(line), n_dense)).astype(np.float32)
    embedded = rng.normal(0, 2, (len(line), reader.table.shape[1])).astype(np.float32)
    fast, slow = layers_of(drawn).read(matrix, embedded, line), drawn._read_numpy(matrix, embedded, line)
    for one, other in zip(fast, slow, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@needs_layers
@settings(deadline=None)
@given(lengths=st.lists(st.integers(1, 60) | st.just(700), min_size=1, max_size=5), seed=st.integers(0, 99))
def test_a_line_reads_alike_to_the_bit_whatever_stands_around_it(
    reader: Reader, lengths: list[int], seed: int
) -> None:
    rng, line, layers = np.random.default_rng(seed), lines_of(lengths), layers_of(reader)
    matrix = rng.normal(0, 2, (len(line), len(reader.mean))).astype(np.float32)
    embedded = rng.normal(0, 2, (len(line), reader.table.shape[1])).astype(np.float32)
    hidden, logits = layers.read(matrix, embedded, line)
    for number in set(line.tolist()):
        rows = np.flatnonzero(line == number)
        alone = layers.read(matrix[rows], embedded[rows], line[rows])
        np.testing.assert_array_equal(alone[0], hidden[rows])
        np.testing.assert_array_equal(alone[1], logits[rows])


def broken(lexical: LexicalFeatures) -> Iterator[LexicalFeatures]:
    """Features that point outside of the tables, each in one way."""
    for bucket in (-1, 1 << 20, 1 << 62):
        grams, words = lexical.grams.copy(), lexical.words.copy()
        grams[-1, -1] = words[-1, 0] = bucket
        yield replace(lexical, grams=grams)
        yield replace(lexical, words=words)
    yield replace(lexical, gram_start=lexical.gram_start - 1)
    yield replace(lexical, gram_start=lexical.gram_start[::-1].copy())
    yield replace(lexical, gram_end=lexical.gram_end + 1)
    yield replace(lexical, gram_end=lexical.gram_end[:-1])
    yield replace(lexical, gram_end=np.zeros_like(lexical.gram_end))


@needs_extension
def test_what_lies_outside_of_the_table_is_refused(reader: Reader) -> None:
    lexical, _ = lexical_of(["The bank said"])
    table = table_of(reader)
    for each in broken(lexical):
        with pytest.raises(ValueError, match=r"outside of the tables|broadcast"):
            table.embed(each)
    with pytest.raises(ValueError, match="outside of the tables"):
        replace(table, rows=table.rows[:1]).embed(lexical)


@needs_layers
def test_layers_that_do_not_fit_are_refused(reader: Reader) -> None:
    layers, line = layers_of(reader), np.zeros(3, dtype=np.int64)
    matrix = np.zeros((3, len(reader.mean)), dtype=np.float32)
    embedded = np.zeros((3, reader.table.shape[1]), dtype=np.float32)
    for wrong in (
        replace(layers, weights=layers.weights[:-1]),
        replace(layers, mean=layers.mean[:-1]),
        replace(layers, scale=layers.scale[:-1]),
        replace(layers, n_hidden=0),
        replace(layers, n_tags=40),
        replace(layers, dilations=np.array([1, 2, 1 << 62])),
        replace(layers, dilations=np.array([1, 2, 0])),
        replace(layers, dilations=np.ones(99, dtype=np.int64)),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            wrong.read(matrix, embedded, line)
    for arrays in ((matrix[:2], embedded, line), (matrix, embedded[:2], line), (matrix, embedded, line[:2])):
        with pytest.raises(ValueError, match="do not fit"):
            layers.read(*arrays)


@needs_layers
def test_no_tokens_give_nothing(reader: Reader) -> None:
    lexical, line = lexical_of([""])
    hidden, logits = layers_of(reader).read(
        np.zeros((0, len(reader.mean)), dtype=np.float32), reader.embed(lexical), line
    )
    assert hidden.shape == (0, len(reader.biases[0]))
    assert logits.shape == (0, N_TAGS)


def test_wide_models_and_those_without_the_extension_take_the_numpy_road(
    monkeypatch: pytest.MonkeyPatch, reader: Reader
) -> None:
    wide = np.zeros((2, MAX_WIDTH + 1), dtype=np.int8)
    assert compiled_layers.compiled_table(wide, np.ones(MAX_WIDTH + 1, dtype=np.float32)) is None
    assert layers_or_none(replace(reader, mean=np.zeros(MAX_LAYER_WIDTH + 1, dtype=np.float32))) is None
    lexical, line = lexical_of(["The bank said 419 上海论坛."])
    matrix = np.zeros((len(line), len(reader.mean)), dtype=np.float32)
    before = replace(reader).read(lexical, matrix, line)
    monkeypatch.setattr(compiled, "extension", None)
    after = replace(reader).read(lexical, matrix, line)
    assert compiled_layers.compiled_table(reader.table, reader.table_scale) is None
    assert layers_or_none(reader) is None
    np.testing.assert_allclose(after.log_probabilities, before.log_probabilities, atol=1e-4)

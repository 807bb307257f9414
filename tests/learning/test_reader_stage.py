from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from spamguard.learning import reader_stage
from spamguard.learning.config import Config, ReaderConfig
from spamguard.learning.documents import Ingredients
from spamguard.learning.reader_rows import StoredRows
from spamguard.learning.reader_stage import Round, ahead, blinded, standard_of, steps_of
from spamguard.model.tagger import Tagger

N_STRETCHES, LENGTH, N_GRAMS = 200, 5, 6


@pytest.fixture(scope="module", autouse=True)
def small_jobs() -> Iterator[None]:
    """Few documents and short steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_stage, "_PILOT", 40)
        patch.setattr(reader_stage, "_STEP_TOKENS", 80)
        yield


@pytest.fixture(scope="module")
def knobs(config: Config) -> ReaderConfig:
    """Knobs that blind nothing."""
    return replace(config.reader, drop_grams=0.0, drop_words=0.0, drop_stretches=0.0)


def rows_from(first: int = 0) -> StoredRows:
    """Stretches of a few tokens, each token with a number of its own and some n-grams."""
    n = N_STRETCHES * LENGTH
    own = np.arange(first, first + n)
    entries = csr_matrix(np.tile(own[:, None] + 1, (1, N_GRAMS)).astype(np.float32))
    return StoredRows(
        entries,
        (own[:, None] % 100).astype(np.int8),
        np.repeat(np.arange(N_STRETCHES), LENGTH),
        (own % 5).astype(np.int8),
        (own % 2).astype(np.float32),
    )


def test_standardised_features_are_centred_and_of_one_size(
    blind: Tagger, parts: Ingredients, config: Config
) -> None:
    crossed = ((blind, parts), (replace(blind, lexical_bias=1.0), parts))
    mean, scale = standard_of(crossed, config)
    assert mean.dtype == scale.dtype == np.float32
    again = standard_of(crossed, config)
    np.testing.assert_array_equal(mean, again[0])
    np.testing.assert_array_equal(scale, again[1])
    one, two = (standard_of([each], config)[0] for each in crossed)
    assert ((mean >= np.minimum(one, two) - 1e-3) & (mean <= np.maximum(one, two) + 1e-3)).all()
    # A feature that never changes is not blown up without bounds.
    assert ((scale > 0) & (scale <= 1001)).all()


def test_steps_hold_every_token_once_from_all_over() -> None:
    stores = [rows_from(first) for first in (0, 1_000, 2_000)]
    steps = steps_of(stores, np.random.default_rng(1))
    assert stores == []
    tokens = [(step.entries.data[::N_GRAMS] - 1).astype(int).tolist() for step in steps]
    assert sorted(token for step in tokens for token in step) == list(range(3_000))
    assert all(len(step) <= 80 + 4 * LENGTH for step in tokens)
    assert sum(len({token // 1_000 for token in step}) > 1 for step in tokens) > len(steps) / 2
    for step, numbers in zip(steps, tokens, strict=True):
        same = np.diff(step.stretch) == 0
        assert (np.diff(np.array(numbers) // LENGTH)[same] == 0).all()


def test_the_same_seed_deals_the_same_steps() -> None:
    one, two, other = (
        [step.entries.data[0] for step in steps_of([rows_from()], np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one != other


def test_the_next_round_is_made_while_the_last_is_learnt_from() -> None:
    begun = [Event() for _ in range(3)]

    def rounds() -> Iterator[Round]:
        for event in begun:
            event.set()
            yield []

    found = ahead(rounds())
    assert next(found) == []
    assert begun[1].wait(60)
    assert not begun[2].is_set()
    assert [*found] == [[], []]


def test_what_goes_wrong_while_a_round_is_made_is_not_lost() -> None:
    def rounds() -> Iterator[Round]:
        yield []
        raise MemoryError("no room for a round")

    found = ahead(rounds())
    assert next(found) == []
    with pytest.raises(MemoryError, match="no room"):
        next(found)


def test_without_blinding_rows_are_as_they_are_kept(knobs: ReaderConfig) -> None:
    rows = rows_from()
    found = blinded(rows, knobs, np.random.default_rng(1))
    np.testing.assert_array_equal(found.entries.toarray(), rows.entries.toarray())


def test_n_grams_are_dropped_and_the_others_speak_up(knobs: ReaderConfig) -> None:
    rows = rows_from()
    found = blinded(rows, replace(knobs, drop_grams=0.25), np.random.default_rng(1)).entries.toarray()
    kept = found > 0
    assert 0.7 < kept.mean() < 0.8
    np.testing.assert_allclose(found[kept], rows.entries.toarray()[kept] / 0.75, rtol=1e-6)
    assert found.dtype == np.float32


def test_words_are_dropped_with_all_their_n_grams(knobs: ReaderConfig) -> None:
    rows = rows_from()
    found = blinded(rows, replace(knobs, drop_words=0.3), np.random.default_rng(1)).entries.toarray()
    kept = (found > 0).sum(axis=1)
    assert set(kept.tolist()) == {0, N_GRAMS}
    assert 0.64 < (kept > 0).mean() < 0.76


def test_stretches_are_dropped_whole(knobs: ReaderConfig) -> None:
    rows = rows_from()
    found = blinded(rows, replace(knobs, drop_stretches=0.3), np.random.default_rng(1)).entries.toarray()
    kept = (found > 0).reshape(N_STRETCHES, -1).sum(axis=1)
    assert set(kept.tolist()) == {0, LENGTH * N_GRAMS}
    assert 0.6 < (kept > 0).mean() < 0.8


def test_blinding_is_settled_by_the_seed_and_leaves_what_is_kept_alone(config: Config) -> None:
    rows = rows_from()
    before = rows.entries.toarray()
    one, two, other = (blinded(rows, config.reader, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.entries.toarray(), two.entries.toarray())
    assert (one.entries.toarray() != other.entries.toarray()).any()
    np.testing.assert_array_equal(rows.entries.toarray(), before)
    plain = rows.unpack()
    for name in ("dense", "stretch", "tags", "weight"):
        np.testing.assert_array_equal(getattr(one, name), getattr(plain, name))

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spamguard.features.lexical import lexical_features
from spamguard.learning.category_fit import fit_categories
from spamguard.learning.documents import Labelled
from spamguard.learning.rows import category_rows
from spamguard.model.categories import CATEGORY_BITS, categorise
from spamguard.spans import CATEGORIES
from spamguard.text.tokens import tokenise

Floats = NDArray[np.float32]
STRINGS = {"pharma": "cheap pills", "gambling": "casino bonus", "adult": "爱上海论坛"}


@pytest.fixture(scope="module")
def fitted() -> tuple[Floats, Floats]:
    """Weights fitted to three categories."""
    documents = [
        Labelled(f"{string} {n}", ((0, len(string)),), "en", "f", category, "prefix")
        for n in range(40)
        for category, string in STRINGS.items()
    ]
    return fit_categories(*category_rows(documents), alpha=2e-6, seed=1)


def test_every_category_has_its_column(fitted: tuple[Floats, Floats]) -> None:
    weights, bias = fitted
    assert weights.shape == (1 << CATEGORY_BITS, len(CATEGORIES))
    assert bias.shape == (len(CATEGORIES),)
    assert weights.dtype == bias.dtype == np.float32


@pytest.mark.parametrize(("category", "string"), STRINGS.items())
def test_the_categories_learnt_from_are_told_apart(
    fitted: tuple[Floats, Floats], category: str, string: str
) -> None:
    lexical = lexical_features(tokenise([string + " now"]))
    assert categorise(*fitted, lexical, [(0, len(tokenise([string])))]) == [category]


def test_a_category_that_was_never_seen_is_never_said(fitted: tuple[Floats, Floats]) -> None:
    lexical = lexical_features(tokenise(["something else entirely, 没见过"]))
    spans = [(first, first + 1) for first in range(len(lexical.token_hash))]
    assert set(categorise(*fitted, lexical, spans)) <= STRINGS.keys()


def test_the_same_seed_fits_the_same() -> None:
    buckets = [np.array([1, 2, 2]), np.array([3]), np.array([], dtype=np.int64)]
    one, two = (fit_categories(buckets, ["seo", "other", "other"], alpha=2e-6, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])

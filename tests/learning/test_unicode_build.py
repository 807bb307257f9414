from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from spamguard.learning import unicode_build
from spamguard.text.unicode_tables import N_CODE_POINTS, load

# What the shipped tables were built with; a Python with another version differs in what that one added.
SHIPPED_UNICODE = "14.0.0"


@pytest.mark.skipif(unicodedata.unidata_version != SHIPPED_UNICODE, reason="another version of Unicode")
def test_the_shipped_tables_are_those_that_a_fresh_build_gives() -> None:
    pytest.importorskip("opencc")
    fresh, shipped = unicode_build.build(unicode_build._simplified(), unicode_build._LATIN_TWINS), load()
    fold = np.arange(N_CODE_POINTS, dtype=np.uint32)
    fold[fresh["fold_from"]] = fresh["fold_to"]
    np.testing.assert_array_equal(shipped.fold, fold)
    lengths = np.diff(fresh["run_start"], append=np.uint32(N_CODE_POINTS))
    np.testing.assert_array_equal(shipped.classes, np.repeat(fresh["run_class"], lengths))
    twin = np.arange(N_CODE_POINTS, dtype=np.uint32)
    twin[fresh["twin_from"]] = fresh["twin_to"]
    np.testing.assert_array_equal(shipped.latin_twin, twin)

"""Loads the tables that say what each code point folds to and of which class it is.

The tables ship with the package, so that a model reads every text alike whatever the Unicode
version of the Python that runs it; :mod:`spamguard.learning.unicode_build` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

N_CODE_POINTS = 0x110000
FILE_NAME = "unicode_tables.npz"


@dataclass(frozen=True)
class UnicodeTables:
    """Tables over all code points.

    Attributes
    ----------
    fold
        uint32, one entry a code point: compatibility form, lower case, simplified Han.
    classes
        uint8, one entry a code point: the :class:`CharClass` of its folded form.
    latin_twin
        uint32: the Latin letter that a Cyrillic or Greek one looks like, else itself.
    """

    fold: NDArray[np.uint32]
    classes: NDArray[np.uint8]
    latin_twin: NDArray[np.uint32]


@cache
def load() -> UnicodeTables:
    """Return the shipped tables, read once a process."""
    with files("spamguard.text").joinpath(FILE_NAME).open("rb") as stream:
        packed = dict(np.load(stream, allow_pickle=False))
    fold = np.arange(N_CODE_POINTS, dtype=np.uint32)
    fold[packed["fold_from"]] = packed["fold_to"]
    lengths = np.diff(packed["run_start"], append=np.uint32(N_CODE_POINTS))
    classes = np.repeat(packed["run_class"].astype(np.uint8), lengths)
    twin = np.arange(N_CODE_POINTS, dtype=np.uint32)
    twin[packed["twin_from"]] = packed["twin_to"]
    return UnicodeTables(fold, classes, twin)

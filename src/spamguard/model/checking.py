"""Makes sure that a model says what this code can use, before any text is read with it.

A weight that is no number would not fail: every score would be no number either, below any threshold, and
each text would come back as it was, as if it were clean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from spamguard.errors import ArtefactError
from spamguard.features.language import GRAM_BITS, PAIR_BITS
from spamguard.features.lexical import HASH_BITS
from spamguard.model.artefact import Arrays, Artefact
from spamguard.model.categories import CATEGORY_BITS
from spamguard.model.decoding import Tag
from spamguard.model.detector import DEFAULT_PROFILE
from spamguard.model.reader import DILATIONS, ROW_BITS, STEPS, WIDTH
from spamguard.model.verifier import Verdict
from spamguard.spans import CATEGORIES

# Of any weight: the largest of ours is 20, a scale at most 1,000 (its feature's deviation counts as 0.001 at
# least). Beyond, sums of products could leave the range of floats.
MOST_WEIGHT = 1_001.0
# Of what a model calls itself; the log and the metrics hold it.
MAX_NAME_CHARS = 100
Array = NDArray[np.generic]
_FLOATS, _BYTES, _NAMES = ("f2", "f4"), ("u1",), ("U",)
# Lengths that an array may have on each axis; None is any, from 1.
Shape = tuple[int | None, ...]
Expected = tuple[str, tuple[tuple[str, ...], Shape]]
_LAYOUT: dict[str, tuple[tuple[str, ...], Shape]] = {
    "calibration": (_FLOATS, (None, 2)),
    "category_bias": (_FLOATS, (len(CATEGORIES),)),
    "gate": (_FLOATS, (1,)),
    "language_grams": (_BYTES, (None, 2, 1 << GRAM_BITS)),
    "language_names": (_NAMES, (None,)),
    "language_pairs": (_BYTES, (1 << PAIR_BITS,)),
    "lexical_bias": (_FLOATS, (1,)),
    "lexical_weights": (_FLOATS, (1 << HASH_BITS,)),
    "reader_table_scale": (_FLOATS, (WIDTH,)),
}
# The reader's convolutions take the vectors of five tokens each; its first layer an embedding besides.
_CONVOLUTIONS = range(1, len(DILATIONS) + 1)


def check(artefact: Artefact) -> None:
    """Refuse a manifest or arrays that no training writes; what is missing is left to who needs it.

    Parameters
    ----------
    artefact
        As it was read.

    Raises
    ------
    ArtefactError
        If the name does not show, a threshold is missing or no number from 0 to 1, or the prior or any other
        number of the manifest not finite; or if an array has values that are not finite or absurdly large,
        a type or a shape that this code cannot use, or the calibration does not ascend.
    """
    _check_manifest(artefact.manifest)
    for name, array in artefact.arrays.items():
        if array.dtype.kind in "fc" and not np.isfinite(array).all():
            raise ArtefactError(f"array {name} holds values that are not finite")
        if array.dtype.kind in "fc" and np.abs(array).max(initial=0) > MOST_WEIGHT:
            raise ArtefactError(f"array {name} holds values beyond {MOST_WEIGHT:,.0f}")
    for name, (dtypes, shape) in _expected(artefact.arrays):
        if name in artefact.arrays:
            _check_array(name, artefact.arrays[name], dtypes, shape)
    if "calibration" in artefact.arrays:
        _check_calibration(artefact.arrays["calibration"])
    _check_languages(artefact.arrays)


def _check_manifest(manifest: Mapping[str, object]) -> None:
    """Refuse a name that does not show, thresholds and a prior that decide nothing, and what is no JSON."""
    name = manifest.get("name")
    if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > MAX_NAME_CHARS:
        raise ArtefactError(f"name must be 1 to {MAX_NAME_CHARS} characters that show, got {name!r:.40}")
    thresholds = manifest.get("thresholds")
    if not isinstance(thresholds, dict) or not thresholds:
        raise ArtefactError("thresholds must be an object with one number from 0 to 1 for each profile")
    if DEFAULT_PROFILE not in thresholds:
        found = ", ".join(map(repr, thresholds))
        raise ArtefactError(f"thresholds must name the profile {DEFAULT_PROFILE}, name {found:.40} alone")
    for profile, threshold in thresholds.items():
        if not _is_number(threshold) or not 0 <= threshold <= 1:
            raise ArtefactError(
                f"threshold {profile:.40} must be a number from 0 to 1, got {threshold!r:.40}"
            )
    decoding = manifest.get("decoding")
    prior = decoding.get("prior") if isinstance(decoding, dict) else None
    if not _is_number(prior):
        raise ArtefactError(f"the decoding's prior must be a finite number, got {prior!r:.40}")
    _check_numbers(manifest)


def _check_numbers(manifest: Mapping[str, object]) -> None:
    """Refuse NaN and the infinities, which readers of JSON let in and its writers cannot pass on."""
    waiting: list[tuple[str, object]] = list(manifest.items())
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, float) and not math.isfinite(value):
            raise ArtefactError(f"{name:.80} must be a finite number, got {value!r}")
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        waiting.extend((f"{name}.{key}", one) for key, one in inner)


def _is_number(value: object) -> bool:
    """Whether a JSON value is a finite number; JSON readers let NaN and Infinity in."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A whole number beyond the range of floats cannot be one of ours, and isfinite would overflow on it.
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 1 << 53


def _expected(arrays: Arrays) -> Iterator[Expected]:
    """Name the arrays that this code reads, with the types and lengths that it can use."""
    yield from _LAYOUT.items()
    n_buckets = _n_rows(arrays, "category_weights", CATEGORY_BITS)
    yield "category_weights", (_FLOATS, (n_buckets, len(CATEGORIES)))
    yield from _network(arrays, "verifier", len(Verdict))
    yield from _reader(arrays)


def _network(arrays: Arrays, prefix: str, n_classes: int) -> Iterator[Expected]:
    """Name the arrays of a feed-forward network: each layer takes what the one before gives."""
    depth = sum(name.startswith(f"{prefix}_weight_") for name in arrays)
    width = _length(arrays, f"{prefix}_mean")
    yield f"{prefix}_mean", (_FLOATS, (None,))
    yield f"{prefix}_scale", (_FLOATS, (width,))
    for layer in range(depth):
        after = n_classes if layer == depth - 1 else _length(arrays, f"{prefix}_bias_{layer}")
        yield f"{prefix}_weight_{layer}", (_FLOATS, (width, after))
        yield f"{prefix}_bias_{layer}", (_FLOATS, (after,))
        width = after


def _reader(arrays: Arrays) -> Iterator[Expected]:
    """Name the arrays of the reader."""
    n_dense, hidden = _length(arrays, "reader_mean"), _length(arrays, "reader_bias_0")
    yield "reader_table", (("i1",), (_n_rows(arrays, "reader_table", ROW_BITS), WIDTH))
    yield "reader_mean", (_FLOATS, (None,))
    yield "reader_scale", (_FLOATS, (n_dense,))
    yield "reader_bias_0", (_FLOATS, (None,))
    yield "reader_weight_0", (_FLOATS, (None if n_dense is None else n_dense + WIDTH, hidden))
    for layer in _CONVOLUTIONS:
        around = None if hidden is None else len(STEPS) * hidden
        yield f"reader_weight_{layer}", (_FLOATS, (around, hidden))
        yield f"reader_bias_{layer}", (_FLOATS, (hidden,))
    last = len(DILATIONS) + 1
    yield f"reader_weight_{last}", (_FLOATS, (hidden, len(Tag)))
    yield f"reader_bias_{last}", (_FLOATS, (len(Tag),))


def _n_rows(arrays: Arrays, name: str, bits: int) -> int:
    """Rows of a table of hashes: its own number where that is a power of two that hashes reach."""
    table = arrays.get(name)
    rows = table.shape[0] if table is not None and table.ndim else 0
    return rows if rows.bit_count() == 1 and rows <= 1 << HASH_BITS else 1 << bits


def _length(arrays: Arrays, name: str) -> int | None:
    """Length of an array of one axis; None where there is no such array."""
    array = arrays.get(name)
    return len(array) if array is not None and array.ndim == 1 else None


def _check_array(name: str, array: Array, dtypes: tuple[str, ...], shape: Shape) -> None:
    """Refuse a type or a shape that this code cannot use."""
    found = array.dtype.kind if array.dtype.kind == "U" else array.dtype.str[1:]
    if found not in dtypes:
        raise ArtefactError(f"array {name} must be of type {' or '.join(dtypes)}, is {array.dtype}")
    fits = len(array.shape) == len(shape) and all(
        length > 0 and expected in (None, length) for length, expected in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise ArtefactError(f"array {name} must have the shape ({wanted}), has {array.shape}")


def _check_calibration(points: Array) -> None:
    """Refuse a curve that would not turn log-odds into probabilities that grow with them."""
    log_odds, probability = points.astype(np.float64).T
    if (np.diff(log_odds) < 0).any() or (np.diff(probability) < 0).any():
        raise ArtefactError("array calibration must ascend, in log-odds and in probability")
    if probability[0] < 0 or probability[-1] > 1:
        raise ArtefactError("array calibration must hold probabilities from 0 to 1")


def _check_languages(arrays: Arrays) -> None:
    """Refuse statistics of more or fewer languages than have a name."""
    if not {"language_names", "language_grams"} <= arrays.keys():
        return
    names, grams = len(arrays["language_names"]), len(arrays["language_grams"])
    if names != grams:
        raise ArtefactError(f"language_grams must have a row for each of {names} languages, has {grams}")

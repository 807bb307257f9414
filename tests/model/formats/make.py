"""Makes the smallest model of the present format, which later versions must go on loading.

    python tests/model/formats/make.py tests/model/formats/2

Its weights are set by hand, nearly all of them to zero, so that it packs into some kilobytes: it knows five
words of one invented ad. Run this once for a new format, before its release, and never again.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spamguard.features.language import GRAM_BITS, PAIR_BITS, LanguageTables
from spamguard.features.lexical import HASH_BITS, lexical_features
from spamguard.model import artefact
from spamguard.model.categories import CATEGORY_BITS, category_buckets
from spamguard.model.decoding import Tag
from spamguard.model.detector import Detector
from spamguard.model.network import Network
from spamguard.model.reader import DILATIONS, ROW_BITS, STEPS, WIDTH, Reader
from spamguard.model.tagger import Tagger
from spamguard.model.verifier import Verdict, candidate_features, feature_names
from spamguard.spans import CATEGORIES
from spamguard.text.tokens import tokenise

AD = "Zorvex glow tier join now"
KIND = "piracy"
MANIFEST = {
    "name": "fixture",
    "trained_at": "2026-11-22T00:00:00+00:00",
    "decoding": {"prior": 1.0},
    "thresholds": {"newsroom": 0.5, "corpus": 0.2},
}


def zeros(*shape: int) -> NDArray[np.float32]:
    """Weights that say nothing."""
    return np.zeros(shape, dtype=np.float32)


def knowing_words() -> Tagger:
    """Return a tagger whose first stage knows the ad's words and nothing else."""
    weights = zeros(1 << HASH_BITS)
    weights[lexical_features(tokenise([AD])).words[:, 0]] = 8.0
    grams = np.full((1, 2, 1 << GRAM_BITS), 128, dtype=np.uint8)
    tables = LanguageTables(("en",), grams, np.zeros(1 << PAIR_BITS, dtype=np.uint8))
    return Tagger(weights, -4.0, tables, gate=-100.0)


def following(tagger: Tagger) -> Reader:
    """Return a reader that calls spam what the first stage does."""
    found = tagger.prepare([AD])
    assert found is not None
    score = found.context.names.index("score")
    n_dense = len(found.context.names)
    joint, last = zeros(n_dense + WIDTH, 1), zeros(1, len(Tag))
    joint[score] = 1.0
    last[0, Tag.OUTSIDE + 1 :] = 4.0
    # Words side by side are one span.
    last[0, Tag.SINGLE] = 3.0
    bias = np.array([3.0, 0.0, 0.0, 0.0, 0.0], dtype=np.float32)
    convolutions = [zeros(len(STEPS), 1) for _ in DILATIONS]
    return Reader(
        np.zeros((1 << ROW_BITS, WIDTH), dtype=np.int8),
        np.ones(WIDTH, dtype=np.float32),
        zeros(n_dense),
        np.ones(n_dense, dtype=np.float32),
        (joint, *convolutions, last),
        (zeros(1), *(zeros(1) for _ in DILATIONS), bias),
    )


def agreeing(tagger: Tagger) -> Network:
    """Return a verifier that believes every candidate that is the ad's words and all of them."""
    tagged = tagger.tag([AD])
    assert tagged is not None
    one = np.array([0])
    width = candidate_features(tagged, tagger.languages.pairs, one, one + 1).shape[1]
    bias, weights = zeros(len(Verdict)), zeros(width, len(Verdict))
    bias[Verdict.EXACT] = 4.0
    for name in ("certainty just before", "certainty just behind"):
        weights[feature_names(tagged).index(name), Verdict.EXACT] = -0.25
    weights[feature_names(tagged).index("least certainty"), Verdict.EXACT] = 0.5
    return Network(zeros(width), np.ones(width, dtype=np.float32), (weights,), (bias,))


def naming() -> NDArray[np.float32]:
    """Return weights that put the ad into its category."""
    tokens = tokenise([AD])
    weights = zeros(1 << CATEGORY_BITS, len(CATEGORIES))
    weights[category_buckets(lexical_features(tokens), [(0, len(tokens))])[0], CATEGORIES.index(KIND)] = 1.0
    return weights


def build() -> Detector:
    """Return the whole model."""
    blind = knowing_words()
    tagger = replace(blind, reader=following(blind))
    curve = np.array([[-8.0, 0.0], [8.0, 1.0]], dtype=np.float32)
    return Detector(
        tagger, agreeing(tagger), naming(), zeros(len(CATEGORIES)), curve, 1.0, {}, MANIFEST, "unsaved"
    )


if __name__ == "__main__":
    artefact.save(Path(sys.argv[1]), build().to_arrays(), dict(MANIFEST))

"""The first stage: what strings say, learnt on two halves of the corpora, and joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from spamguard.features.language import LanguageTables
from spamguard.learning.config import Config
from spamguard.learning.documents import SNIPPET_SIZES, Ingredients, make
from spamguard.learning.language_fit import fit_language_tables
from spamguard.learning.lexical_fit import batches, fit_batch, new_classifier
from spamguard.learning.split import poorer
from spamguard.model.tagger import Tagger

Floats = NDArray[np.float32]
# Documents made at a time.
BATCH = 2000
_SNIPPETS = 0.8
# The mean of two models is less sure of itself than each that the reader learnt behind (EXPERIMENTS.md, 10).
_SHARPENING = 1.15


@dataclass(frozen=True)
class Halves:
    """Taggers without a reader, each learnt on one half of the texts, and the one that ships.

    Attributes
    ----------
    first, second
        Learnt on the first and on the second half; each knows a part of every inventory only, so what comes
        behind learns to judge by form and foreignness where the words are new.
    joined
        Knows the words that both know; its language statistics are the first's: the reader knows such counts.
    """

    first: Tagger
    second: Tagger
    joined: Tagger


def fit_lexical(parts: Ingredients, config: Config, seed: int) -> tuple[Floats, float]:
    """Fit a linear model of tokens.

    Returns
    -------
    (weights, bias)
        float32, shape (2 ** HASH_BITS,), and a number.
    """
    classifier = new_classifier(config.lexical.alpha, config.seed)
    steps: Iterable[int] = range(max(1, config.lexical.documents // BATCH))
    for step in tqdm(steps, desc="lexical", unit="batch"):
        n_snippets = int(BATCH * _SNIPPETS)
        snippets = make(parts, n_snippets, polluted_share=0.75, seed=seed + step, sizes=SNIPPET_SIZES)
        articles = make(parts, BATCH - n_snippets, polluted_share=0.3, seed=seed + 100_000 + step)
        mixed = [document for pair in zip(snippets[::4], articles, strict=False) for document in pair]
        mixed += [document for i, document in enumerate(snippets) if i % 4]
        for part in batches(mixed):
            fit_batch(classifier, part)
    return classifier.coef_[0].astype(np.float32), float(classifier.intercept_[0])


def fit_halves(first: Ingredients, second: Ingredients, config: Config) -> Halves:
    """Fit the first stage on two halves of the texts.

    Parameters
    ----------
    first, second
        Ingredients with different texts.
    config
        Every knob.
    """
    knobs = config.lexical
    poor = [
        poorer(
            parts.without_mentions(),
            family_share=knobs.family_share,
            string_share=knobs.string_share,
            seed=config.seed + number,
        )
        for number, parts in enumerate((first, second))
    ]
    fitted = Parallel(config.jobs)(
        delayed(fit_lexical)(parts, config, config.seed + number * 50_000_000)
        for number, parts in enumerate(poor)
    )
    tables: list[LanguageTables] = Parallel(config.jobs)(
        delayed(fit_language_tables)(parts.hosts) for parts in (first, second)
    )
    (weights, bias), (other_weights, other_bias) = fitted
    mean_weights = (weights + other_weights) * np.float32(_SHARPENING / 2)
    return Halves(
        Tagger(weights, bias, tables[0], config.gate),
        Tagger(other_weights, other_bias, tables[1], config.gate),
        Tagger(mean_weights, (bias + other_bias) * _SHARPENING / 2, tables[0], config.gate),
    )

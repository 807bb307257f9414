"""Moves the categories: labelled strings get the category that people gave them, known ads keep theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from spamguard.errors import InputError
from spamguard.features.lexical import lexical_features
from spamguard.learning.threads import one_thread
from spamguard.learning.update.lesson import Lesson
from spamguard.model.categories import CATEGORY_BITS, bits_of, category_buckets
from spamguard.model.detector import Detector
from spamguard.spans import CATEGORIES
from spamguard.text.tokens import tokenise

Doubles = NDArray[np.float64]
# Training gives a category that it saw nothing of a bias of -1000.
_NEVER_LEARNT = -500.0


@dataclass(frozen=True)
class CategoryUpdate:
    """Updates the linear model of categories, as :class:`LexicalUpdate` does the one of words.

    Attributes
    ----------
    margin
        By how much a labelled string's category should lead the others.
    stiffness
        Precision of the prior on each weight.
    hold
        Precision of the scores of known ads.
    passes
        Most steps of the optimiser.
    """

    margin: float = 8.0
    stiffness: float = 0.005
    hold: float = 0.5
    passes: int = 60

    def describe(self) -> dict[str, float | str]:
        """Return its name and knobs."""
        return {"name": "categories", **asdict(self)}

    def __call__(self, detector: Detector, lesson: Lesson) -> Detector:
        """Return the detector with another last stage; the one given where nobody named a category.

        Raises
        ------
        InputError
            If the detector never learnt a category that a label names.
        """
        if not lesson.named:
            return detector
        targets = _targets(detector, [category for _, category in lesson.named])
        bits = bits_of(detector.category_weights)
        asked = span_matrix([text for text, _ in lesson.named], bits)
        kept = span_matrix([one.text for one in lesson.kept if one.category], bits)
        columns = np.unique(asked.indices)
        weights, bias = (
            one.astype(np.float64) for one in (detector.category_weights, detector.category_bias)
        )
        before = asked @ weights + bias
        problem = _Problem(asked[:, columns], targets, before, kept[:, columns], self)
        start = np.zeros(len(columns) * len(CATEGORIES))
        with one_thread():
            found = minimize(problem, start, jac=True, method="L-BFGS-B", options={"maxiter": self.passes})
        weights[columns] += found.x.reshape(len(columns), -1)
        # As it is stored: what is measured is what will serve.
        return replace(detector, category_weights=weights.astype(np.float16).astype(np.float32))


@dataclass(frozen=True)
class _Problem:
    """The negative log-probability of a change of weights."""

    asked: csr_matrix
    targets: NDArray[np.int64]
    before: Doubles
    kept: csr_matrix
    update: CategoryUpdate

    def __call__(self, flat: Doubles) -> tuple[float, Doubles]:
        """Return its value and its gradient."""
        change = flat.reshape(-1, len(CATEGORIES))
        rows = np.arange(len(self.targets))
        scores = self.before + self.asked @ change
        short = np.maximum(0, self.update.margin - (scores[rows, self.targets][:, None] - scores))
        short[rows, self.targets] = 0
        drift = self.kept @ change
        value = (short**2).sum() + self.update.hold * (drift**2).sum() + self.update.stiffness * flat @ flat
        pull = short.copy()
        pull[rows, self.targets] = -short.sum(axis=1)
        gradient = self.asked.T @ pull + self.update.hold * (self.kept.T @ drift)
        return float(value) / 2, (gradient + self.update.stiffness * change).ravel()


def _targets(detector: Detector, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the numbers of categories, all of which the detector must know."""
    known = [
        name for name, bias in zip(CATEGORIES, detector.category_bias, strict=True) if bias > _NEVER_LEARNT
    ]
    if strange := sorted(set(names) - set(known)):
        raise InputError(
            f"the base never learnt the category {', '.join(strange)}: name one of {', '.join(known)} in the "
            "labels, or start from a base that did"
        )
    return np.array([CATEGORIES.index(name) for name in names], dtype=np.int64)


def span_matrix(texts: Sequence[str], bits: int = CATEGORY_BITS) -> csr_matrix:
    """Lay the buckets of whole texts out as the model of categories weighs them, one row a text.

    Parameters
    ----------
    texts
        Any strings; one without a token gives an empty row.
    bits
        Binary logarithm of the number of buckets.
    """
    tokens = tokenise(texts)
    bounds = np.searchsorted(tokens.doc, np.arange(len(texts) + 1))
    full = np.flatnonzero(np.diff(bounds))
    spans = [(int(bounds[number]), int(bounds[number + 1])) for number in full]
    buckets, owner = category_buckets(lexical_features(tokens), spans, bits)
    counts = np.bincount(owner, minlength=len(spans))
    values = 1 / np.sqrt(counts)[owner]
    return csr_matrix((values, (full[owner], buckets)), shape=(len(texts), 1 << bits))

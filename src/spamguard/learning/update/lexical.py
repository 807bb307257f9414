"""Moves the tagger's first stage: as little as the labels ask for, and nothing where they ask for nothing.

The shipped weights are the mean of a Gaussian prior. Its precision has two parts: one constant for each
weight, and the scores of texts that must stay as they are, whose sum of squared changes is the precision
that a linear model would have gathered on them (a Laplace approximation with the kept texts as its data).
It is full where a change would do harm, and slight where it would not: a known ad may score more.
The most probable weights under labels, asked for by squared hinge, are found by L-BFGS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags, vstack

from spamguard.cleaner import Guard
from spamguard.features.lexical import lexical_features
from spamguard.learning.documents import Labelled
from spamguard.learning.lexical_fit import batches, to_matrix, token_labels
from spamguard.learning.threads import one_thread
from spamguard.learning.update.lesson import Lesson
from spamguard.model.detector import Detector
from spamguard.text.tokens import TokenBatch, tokenise

Doubles = NDArray[np.float64]
_BATCH_SEED = 0


@dataclass(frozen=True)
class LexicalUpdate:
    """Updates the linear model on hashed words and n-grams.

    Attributes
    ----------
    target
        Log-odds that tokens of labelled spam should reach, and those of wrongly cut text fall to, negated.
    stiffness
        Precision of the prior on each weight.
    hold
        Precision of the scores of kept texts in the direction that would do harm: known ads are not to fall,
        legitimate text is not to rise.
    slack
        Share of that precision in the other direction, 0 to 1.
    passes
        Most steps of the optimiser.
    """

    # Set by training/few_shot: with target 3, recall at 25 documents is as with 4, and less falls elsewhere.
    target: float = 3.0
    stiffness: float = 10.0
    hold: float = 4.0
    slack: float = 0.1
    passes: int = 40

    def describe(self) -> dict[str, float | str]:
        """Return its name and knobs."""
        return {"name": "lexical", **asdict(self)}

    def __call__(self, detector: Detector, lesson: Lesson) -> Detector:
        """Return the detector with another first stage."""
        with one_thread():
            return self._moved(detector, _rows(detector, lesson))

    def _moved(self, detector: Detector, rows: _Rows) -> Detector:
        """Return the detector with the most probable weights."""
        tagger = detector.tagger
        if not len(rows.signs):
            return detector
        columns = np.unique(rows.asked.indices)
        before = (rows.asked @ tagger.lexical_weights + tagger.lexical_bias).astype(np.float64)
        asked, signs, before, counts = _distinct(rows.asked, rows.signs, before)
        kept = [_merged(_only(matrix, columns)) for matrix in (rows.ads, rows.legitimate)]
        problem = _Problem(_only(asked, columns), signs, before, np.log1p(counts), kept[0], kept[1], self)
        found = minimize(
            problem, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": self.passes}
        )
        weights = tagger.lexical_weights.copy()
        weights[columns] += found.x.astype(np.float32)
        # As it is stored: what is measured is what will serve.
        stored = weights.astype(np.float16).astype(np.float32)
        return replace(detector, tagger=replace(tagger, lexical_weights=stored))


@dataclass(frozen=True)
class _Problem:
    """The negative log-probability of a change of weights."""

    asked: csr_matrix
    signs: Doubles
    before: Doubles
    counts: Doubles
    ads: csr_matrix
    legitimate: csr_matrix
    update: LexicalUpdate

    def __call__(self, change: Doubles) -> tuple[float, Doubles]:
        """Return its value and its gradient."""
        short = np.maximum(0, self.update.target - self.signs * (self.before + self.asked @ change))
        value = (self.counts * short**2).sum() + self.update.stiffness * change @ change
        gradient = self.update.stiffness * change - self.asked.T @ (self.counts * self.signs * short)
        for kept, harm in ((self.ads, -1), (self.legitimate, 1)):
            drift = kept @ change
            held = self.update.hold * np.where(harm * drift > 0, 1.0, self.update.slack) * drift
            value += held @ drift
            gradient += kept.T @ held
        return float(value) / 2, gradient


@dataclass(frozen=True)
class _Rows:
    """Tokens: those that are to move, which way, and those that are to stay."""

    asked: csr_matrix
    signs: Doubles
    ads: csr_matrix
    legitimate: csr_matrix


def _rows(detector: Detector, lesson: Lesson) -> _Rows:
    """Lay out the tokens of a lesson."""
    asked, signs, legitimate = list[csr_matrix](), list[Doubles](), list[csr_matrix]()
    cut_documents = _wrongly_cut(detector, lesson.labelled)
    for part, cut_part in zip(batches(lesson.labelled), batches(cut_documents), strict=True):
        tokens, matrix = _tokens(part)
        spam, cut = token_labels(tokens, part), token_labels(tokens, cut_part)
        asked += [matrix[spam == 1], matrix[cut == 1]]
        signs += [np.ones(int(spam.sum())), -np.ones(int(cut.sum()))]
        legitimate.append(matrix[(spam == 0) & (cut == 0)])
    nothing = legitimate[0][:0]
    ads = [nothing, *(_tokens(part)[1] for part in batches([one for one in lesson.kept if one.category]))]
    legitimate += [_tokens(part)[1] for part in batches([one for one in lesson.kept if not one.category])]
    return _Rows(
        vstack(asked).tocsr(), np.concatenate(signs), vstack(ads).tocsr(), vstack(legitimate).tocsr()
    )


def _tokens(documents: Sequence[Labelled]) -> tuple[TokenBatch, csr_matrix]:
    """Lay the tokens of documents out."""
    tokens = tokenise([document.text for document in documents])
    return tokens, to_matrix(lexical_features(tokens))


def _wrongly_cut(detector: Detector, documents: Sequence[Labelled]) -> list[Labelled]:
    """Mark what the model takes from texts that people say are clean."""
    clean = [document for document in documents if not document.spans]
    results = Guard(detector).clean_many([document.text for document in clean], profile="corpus")
    cut = {id(one): result.spans for one, result in zip(clean, results, strict=True)}
    return [
        replace(document, spans=tuple((span.start, span.end) for span in cut.get(id(document), ())))
        for document in documents
    ]


def _distinct(
    matrix: csr_matrix, signs: Doubles, before: Doubles
) -> tuple[csr_matrix, Doubles, Doubles, Doubles]:
    """Keep one of the rows that are equal, with how many there were: copies are no further evidence."""
    salt = np.random.default_rng(_BATCH_SEED).integers(1 << 63, size=matrix.shape[1], dtype=np.uint64)
    sums = np.add.reduceat(salt[matrix.indices], matrix.indptr[:-1])
    keys = np.stack([sums, (signs > 0).astype(np.uint64)], axis=1)
    _, first, counts = np.unique(keys, axis=0, return_index=True, return_counts=True)
    return matrix[first], signs[first], before[first], counts.astype(np.float64)


def _merged(matrix: csr_matrix) -> csr_matrix:
    """Make one row of those that are equal, as heavy as all of them, and leave empty ones out."""
    full = matrix[np.diff(matrix.indptr) > 0]
    salt = np.random.default_rng(_BATCH_SEED).random((full.shape[1], 2))
    _, first, counts = np.unique(full @ salt, axis=0, return_index=True, return_counts=True)
    merged: csr_matrix = (diags(np.sqrt(counts)) @ full[first]).tocsr()
    return merged


def _only(matrix: csr_matrix, columns: NDArray[np.int32]) -> csr_matrix:
    """Keep some columns, renumbered."""
    place = np.full(matrix.shape[1], -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    entries = matrix.tocoo()
    column = place[entries.col]
    inside = column >= 0
    cells = entries.data[inside].astype(np.float64), (entries.row[inside], column[inside])
    return csr_matrix(cells, shape=(matrix.shape[0], len(columns)))

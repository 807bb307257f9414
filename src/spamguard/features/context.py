"""Dense features of a token in its place: what its neighbours say, how foreign it is to line and document."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spamguard.features import evidence, surroundings
from spamguard.features.document import DocumentFacts
from spamguard.features.language import LanguageFit
from spamguard.features.place import Place
from spamguard.features.windows import Floats, Index
from spamguard.text.tokens import TokenBatch


@dataclass
class Columns:
    """Named columns that grow into a matrix."""

    names: list[str] = field(default_factory=list)
    columns: list[Floats] = field(default_factory=list)

    def add(self, name: str, values: NDArray[np.generic]) -> None:
        """Append one column."""
        self.names.append(name)
        self.columns.append(values.astype(np.float32, copy=False))

    def matrix(self) -> Floats:
        """Return the columns side by side."""
        return np.stack(self.columns, axis=1)


@dataclass(frozen=True)
class ContextFeatures:
    """Dense features of tokens.

    Attributes
    ----------
    names
        What each column is.
    matrix
        float32, shape (t, len(names)).
    kind
        int64, shape (t,): kind of each token, as :data:`spamguard.features.place.KINDS` counts them.
    """

    names: list[str]
    matrix: Floats
    kind: Index


def context_features(
    tokens: TokenBatch, fit: LanguageFit, score: Floats, facts: DocumentFacts
) -> ContextFeatures:
    """Describe each token in its place.

    Parameters
    ----------
    tokens
        At least one token, whole lines only.
    fit
        How well the tokens fit the languages known.
    score
        float32, shape (t,): lexical log-odds of spam.
    facts
        What the documents say about these tokens.

    Returns
    -------
    ContextFeatures
    """
    place = Place(tokens, score)
    out = Columns()
    evidence.add_scores(place, facts, out.add)
    surroundings.add_scripts(place, facts, out.add)
    evidence.add_languages(place, fit, facts, out.add)
    surroundings.add_shapes(place, out.add)
    surroundings.add_borders(place, out.add)
    surroundings.add_positions(place, facts, out.add)
    for number, length in enumerate((2, 4)):
        out.add(f"repeated {length}", facts.repeated[:, number])
    return ContextFeatures(out.names, out.matrix(), place.kind)

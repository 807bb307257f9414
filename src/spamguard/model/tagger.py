"""The tagger: from texts to tokens with the probability of each tag, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spamguard.features.context import ContextFeatures, context_features
from spamguard.features.language import LanguageFit, LanguageTables, language_fit
from spamguard.features.lexical import LexicalFeatures, lexical_features, lexical_scores
from spamguard.model.network import Network
from spamguard.text.tokens import TokenBatch, tokenise

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Tagged:
    """A batch of texts with all that the tagger made of it.

    Attributes
    ----------
    tokens, lexical, fit, context
        The tokens and their features.
    score
        float32, shape (t,): lexical log-odds of spam.
    log_probabilities
        float32, shape (t, 5): of each tag.
    """

    tokens: TokenBatch
    lexical: LexicalFeatures
    fit: LanguageFit
    context: ContextFeatures
    score: Floats
    log_probabilities: Floats


@dataclass(frozen=True)
class Tagger:
    """The model's first part.

    Attributes
    ----------
    lexical_weights, lexical_bias
        Linear model on hashed features; float32, shape (2 ** HASH_BITS,).
    languages
        Statistics of clean news.
    network
        From dense features to tags.
    """

    lexical_weights: Floats
    lexical_bias: float
    languages: LanguageTables
    network: Network | None

    def features(
        self, texts: Sequence[str]
    ) -> tuple[TokenBatch, LexicalFeatures, LanguageFit, Floats, ContextFeatures] | None:
        """Work out the features of a batch; nothing where it has no tokens."""
        tokens = tokenise(texts)
        if not len(tokens):
            return None
        lexical = lexical_features(tokens)
        score = lexical_scores(lexical, self.lexical_weights, self.lexical_bias)
        fit = language_fit(tokens, lexical, self.languages)
        return tokens, lexical, fit, score, context_features(tokens, lexical, fit, score)

    def tag(self, texts: Sequence[str]) -> Tagged | None:
        """Tag a batch; nothing where it has no tokens."""
        found = self.features(texts)
        if found is None or self.network is None:
            return None
        tokens, lexical, fit, score, context = found
        return Tagged(tokens, lexical, fit, context, score, self.network.log_probabilities(context.matrix))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the weights as named arrays."""
        arrays: dict[str, NDArray[np.generic]] = {
            "lexical_weights": self.lexical_weights.astype(np.float16),
            "lexical_bias": np.array([self.lexical_bias], dtype=np.float32),
            "language_names": np.array(self.languages.names),
            "language_grams": self.languages.grams,
            "language_pairs": self.languages.pairs,
        }
        return arrays | (self.network.to_arrays("tagger") if self.network else {})

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Tagger:
        """Rebuild a tagger from :meth:`to_arrays`'s form."""
        names = tuple(str(name) for name in arrays["language_names"])
        tables = LanguageTables(
            names, arrays["language_grams"].astype(np.uint8), arrays["language_pairs"].astype(np.uint8)
        )
        return cls(
            arrays["lexical_weights"].astype(np.float32),
            float(arrays["lexical_bias"][0]),
            tables,
            Network.from_arrays("tagger", arrays),
        )

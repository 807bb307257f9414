"""The tagger: from texts to tokens with the probability of each tag, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spamguard.features.compiled_road import CompiledRoad, compiled_road
from spamguard.features.context import ContextFeatures, context_features
from spamguard.features.document import DocumentFacts, document_facts, line_best
from spamguard.features.language import LanguageFit, LanguageTables, language_fit
from spamguard.features.lexical import LexicalFeatures, lexical_features, lexical_scores
from spamguard.model.reader import Reader
from spamguard.text.tokens import TokenBatch, tokenise

Floats = NDArray[np.float32]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """The raised lines of a batch of texts, with their features.

    Attributes
    ----------
    tokens, lexical, fit, context
        The tokens of the raised lines, and their features.
    score
        float32, shape (t,): lexical log-odds of spam.
    facts
        What the whole documents say.
    """

    tokens: TokenBatch
    lexical: LexicalFeatures
    fit: LanguageFit
    score: Floats
    facts: DocumentFacts
    context: ContextFeatures


@dataclass(frozen=True)
class Raised:
    """What the reader and the stages behind it look at of the raised lines of a batch.

    Attributes
    ----------
    tokens, lexical, context
        The tokens of the raised lines, and their features.
    score
        float32, shape (t,): lexical log-odds of spam.
    pair
        float32, shape (t,): how usual each token is behind the one before.
    n_tokens
        int64, shape (n_documents,): tokens of each document, raised or not.
    """

    tokens: TokenBatch
    lexical: LexicalFeatures
    score: Floats
    context: ContextFeatures
    pair: Floats
    n_tokens: Index


@dataclass(frozen=True)
class Tagged(Raised):
    """Raised lines with what the tagger made of them.

    Attributes
    ----------
    log_probabilities
        float32, shape (t, 5): of each tag.
    hidden
        float32, shape (t, h): the reader's last layer.
    """

    log_probabilities: Floats
    hidden: Floats


@dataclass(frozen=True)
class Tagger:
    """The model's first part.

    Attributes
    ----------
    lexical_weights, lexical_bias
        Linear model on hashed features; float32, shape (2 ** HASH_BITS,).
    languages
        Statistics of clean news.
    gate
        A line whose best smoothed log-odds lie below this is read no further.
    reader
        From n-grams and dense features to tags.
    """

    lexical_weights: Floats
    lexical_bias: float
    languages: LanguageTables
    gate: float
    reader: Reader | None = None

    def prepare(self, texts: Sequence[str]) -> Prepared | None:
        """Work out the features of the lines that are worth it; nothing where there are none.

        Parameters
        ----------
        texts
            Any strings, at least one.
        """
        tokens = tokenise(texts)
        if not len(tokens):
            return None
        lexical = lexical_features(tokens)
        score = lexical_scores(lexical, self.lexical_weights, self.lexical_bias)
        facts = document_facts(tokens, lexical, score, self.languages)
        rows = np.flatnonzero(facts.line_best >= self.gate)
        if not len(rows):
            return None
        tokens, lexical, score, facts = tokens.take(rows), lexical.take(rows), score[rows], facts.take(rows)
        fit = language_fit(tokens, lexical, self.languages)
        return Prepared(tokens, lexical, fit, score, facts, context_features(tokens, fit, score, facts))

    @cached_property
    def _road(self) -> CompiledRoad | None:
        """The compiled road, where it is there and gives the same."""
        return compiled_road(self.lexical_weights, self.lexical_bias, self.languages)

    def raise_lines(self, texts: Sequence[str]) -> Raised | None:
        """Work out what the reader needs of the lines that are worth it; nothing where there are none.

        Parameters
        ----------
        texts
            Any strings, at least one.
        """
        road = self._road
        if road is not None:
            return self._raise_compiled(road, texts)
        found = self.prepare(texts)
        if found is None:
            return None
        n_tokens = found.facts.n_tokens
        return Raised(found.tokens, found.lexical, found.score, found.context, found.fit.pair, n_tokens)

    def _raise_compiled(self, road: CompiledRoad, texts: Sequence[str]) -> Raised | None:
        """Do the same by the compiled road: only what the gate raises costs more than its score."""
        tokens = tokenise(texts)
        if not len(tokens):
            return None
        score, token_hash = road.score(tokens)
        rows = np.flatnonzero(line_best(tokens, score) >= self.gate)
        if not len(rows):
            return None
        lexical = road.lexical(tokens, token_hash, rows)
        context, pair = road.context(tokens, score, token_hash, rows)
        n_tokens = tokens.doc_last - tokens.doc_first
        return Raised(tokens.take(rows), lexical, score[rows], context, pair, n_tokens)

    def tag(self, texts: Sequence[str]) -> Tagged | None:
        """Tag the raised lines of a batch; nothing where there are none.

        Raises
        ------
        ValueError
            If the tagger has no reader yet.
        """
        if self.reader is None:
            raise ValueError("a tagger without a reader cannot tag")
        found = self.raise_lines(texts)
        if found is None:
            return None
        reading = self.reader.read(found.lexical, found.context.matrix, found.tokens.line)
        return Tagged(
            found.tokens, found.lexical, found.score, found.context, found.pair, found.n_tokens,
            reading.log_probabilities, reading.hidden,
        )  # fmt: skip

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the weights as named arrays."""
        arrays: dict[str, NDArray[np.generic]] = {
            "lexical_weights": self.lexical_weights.astype(np.float16),
            "lexical_bias": np.array([self.lexical_bias], dtype=np.float32),
            "gate": np.array([self.gate], dtype=np.float32),
            "language_names": np.array(self.languages.names),
            "language_grams": self.languages.grams,
            "language_pairs": self.languages.pairs,
        }
        return arrays | (self.reader.to_arrays() if self.reader else {})

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Tagger:
        """Rebuild a tagger from :meth:`to_arrays`'s form."""
        names = tuple(str(name) for name in arrays["language_names"])
        tables = LanguageTables(
            names,
            arrays["language_grams"].astype(np.uint8, copy=False),
            arrays["language_pairs"].astype(np.uint8, copy=False),
        )
        return cls(
            arrays["lexical_weights"].astype(np.float32),
            float(arrays["lexical_bias"][0]),
            tables,
            float(arrays["gate"][0]),
            Reader.from_arrays(arrays),
        )

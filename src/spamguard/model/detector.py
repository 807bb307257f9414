"""The detector: tagger, decoding, verifier and categories in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spamguard.errors import InputError
from spamguard.model.artefact import Artefact
from spamguard.model.categories import categorise
from spamguard.model.decoding import token_spans
from spamguard.model.mentions import in_place
from spamguard.model.network import Network
from spamguard.model.stretches import batches_of
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.verifier import Verdict, candidate_features, choose, feature_names
from spamguard.spans import Span
from spamguard.text.tokens import TokenBatch

Floats = NDArray[np.float32]
DEFAULT_PROFILE = "newsroom"
N_REASONS = 6


@dataclass(frozen=True)
class Candidate:
    """A span of tokens with the verdict on it.

    Attributes
    ----------
    document
        Number of the text in its batch.
    first, last
        Half-open token range in the batch.
    span
        The span with its score.
    """

    document: int
    first: int
    last: int
    span: Span


@dataclass(frozen=True)
class Detector:
    """A loaded model.

    Attributes
    ----------
    tagger
        From texts to tag probabilities.
    verifier
        From a candidate's features to the probability of each verdict.
    category_weights, category_bias
        See :func:`spamguard.model.categories.categorise`.
    calibration
        float32, shape (k, 2): points of the curve from the verifier's log-odds to the score, ascending.
    thresholds
        Least score of a span, by profile.
    manifest
        What the artefact says about itself.
    model_id
        Name of the artefact.
    """

    tagger: Tagger
    verifier: Network
    category_weights: Floats
    category_bias: Floats
    calibration: Floats
    prior: float
    thresholds: Mapping[str, float]
    manifest: Mapping[str, Any]
    model_id: str

    def threshold(self, threshold: float | None, profile: str | None) -> float:
        """Return the least score that applies.

        Raises
        ------
        InputError
            If the profile is unknown or the threshold no number from 0 to 1.
        """
        if threshold is None:
            name = profile or DEFAULT_PROFILE
            if name not in self.thresholds:
                raise InputError(f"profile must be one of {', '.join(sorted(self.thresholds))}, got {name!r}")
            return self.thresholds[name]
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise InputError(f"threshold must be a number from 0 to 1, got {threshold!r}")
        return float(threshold)

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Return each text's spans, ascending and disjoint.

        Parameters
        ----------
        texts
            Any strings.
        threshold, profile
            Least score, given outright or by the name of a profile.
        """
        least = self.threshold(threshold, profile)
        found: list[list[Span]] = [[] for _ in texts]
        for batch in batches_of(texts):
            pieces = [texts[piece.text][piece.start : piece.end] for piece in batch]
            tagged = self.tagger.tag(pieces)
            if tagged is None:
                continue
            for candidate in self.candidates(pieces, tagged, least):
                span, piece = candidate.span, batch[candidate.document]
                moved = replace(span, start=span.start + piece.start, end=span.end + piece.start)
                found[piece.text].append(moved)
        return found

    def candidates(self, texts: Sequence[str], tagged: Tagged, least: float = 0.0) -> list[Candidate]:
        """Return the candidate spans of a tagged batch that score as much as ``least`` or more.

        Parameters
        ----------
        texts
            The batch.
        tagged
            What the tagger made of it.
        least
            Least score, 0 to 1.

        Returns
        -------
        list of Candidate
            Ascending and disjoint.
        """
        spans = token_spans(tagged.log_probabilities, tagged.tokens, self.prior)
        if not spans:
            return []
        ranges, log_odds = choose(self.verifier, tagged, self.tagger.languages.pairs, spans)
        places = [raw_offsets(tagged.tokens, first, last) for first, last in ranges]
        scores = self.score(in_place(log_odds, texts, places))
        kept = np.flatnonzero(scores >= least).tolist()
        categories = categorise(
            self.category_weights, self.category_bias, tagged.lexical, [ranges[i] for i in kept]
        )
        candidates = []
        for i, category in zip(kept, categories, strict=True):
            document, start, end = places[i]
            span = Span(start, end, texts[document][start:end], float(scores[i]), category)
            candidates.append(Candidate(document, *ranges[i], span))
        return candidates

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say for each span of a raw text what spoke for it, strongest first.

        Parameters
        ----------
        text
            The raw text.
        spans
            Spans of it that were found, in one round or several.

        Returns
        -------
        list of tuples of (str, float)
            Names of features with their share of the log-odds.
        """
        tagged = replace(self.tagger, gate=-np.inf).tag([text])
        if tagged is None or not spans:
            return [()] * len(spans)
        raw = tagged.tokens.folded.raw[tagged.tokens.start]
        ranges = [tuple(np.searchsorted(raw, [span.start, span.end]).tolist()) for span in spans]
        first, last = np.array(ranges, dtype=np.int64).T
        features = candidate_features(tagged, self.tagger.languages.pairs, first, np.maximum(last, first + 1))
        names = feature_names(tagged)
        found = []
        # What the reader sees has no name to give to a person.
        unnamed = np.array([not name for name in names])
        for row in self.verifier.attribution(features, Verdict.EXACT, Verdict.HAM):
            row[unnamed] = 0
            best = np.argsort(-row)[:N_REASONS]
            found.append(tuple((names[i], round(float(row[i]), 2)) for i in best if row[i] > 0))
        return found

    def score(self, log_odds: Floats) -> NDArray[np.float64]:
        """Turn the verifier's log-odds into calibrated scores, to four decimals."""
        return np.interp(log_odds, self.calibration[:, 0], self.calibration[:, 1]).round(4)

    @classmethod
    def from_artefact(cls, artefact: Artefact) -> Detector:
        """Build a detector from a checked artefact.

        Raises
        ------
        KeyError, ValueError
            If an array is missing, or has a shape that this code cannot use.
        """
        arrays = artefact.arrays
        detector = cls(
            tagger=Tagger.from_arrays(arrays),
            verifier=Network.from_arrays("verifier", arrays),
            category_weights=arrays["category_weights"].astype(np.float32),
            category_bias=arrays["category_bias"].astype(np.float32),
            calibration=arrays["calibration"].astype(np.float32),
            prior=float(artefact.manifest["decoding"]["prior"]),
            thresholds=artefact.manifest["thresholds"],
            manifest=artefact.manifest,
            model_id=artefact.model_id,
        )
        detector.check_widths()
        return detector

    def check_widths(self) -> None:
        """Make sure that the networks take as many features as this code gives, and give probabilities.

        Raises
        ------
        ValueError
            If they do not.
        """
        with np.errstate(all="ignore"):
            tagged = replace(self.tagger, gate=-np.inf).tag(["a"])
            if tagged is None:
                return
            one = np.array([0])
            features = candidate_features(tagged, self.tagger.languages.pairs, one, one + 1)
            verdicts = self.verifier.log_probabilities(features)
        if not (np.isfinite(tagged.log_probabilities).all() and np.isfinite(verdicts).all()):
            raise ValueError("weights so large that probabilities are no numbers")

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all weights as named arrays."""
        return {
            **self.tagger.to_arrays(),
            **self.verifier.to_arrays("verifier"),
            "category_weights": self.category_weights.astype(np.float16),
            "category_bias": self.category_bias.astype(np.float32),
            "calibration": self.calibration.astype(np.float32),
        }


def raw_offsets(tokens: TokenBatch, first: int, last: int) -> tuple[int, int, int]:
    """Turn a range of tokens into offsets in the raw text of its document.

    Ignorable characters behind the last token go with it: a variation selector, a disguise's last
    zero-width sign.

    Returns
    -------
    (document, start, end)
        Number of the text in its batch, and half-open code-point offsets.
    """
    folded = tokens.folded
    document = int(tokens.doc[first])
    base, limit = int(folded.doc_start[document]), int(folded.doc_start[document + 1]) - 1
    end_char = int(tokens.end[last - 1])
    behind = int(folded.raw[end_char]) if end_char < len(folded.raw) else limit
    return document, int(folded.raw[tokens.start[first]]) - base, min(behind, limit) - base

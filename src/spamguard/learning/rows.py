"""Rows for the third stage: candidates and their variants as dense features with their truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spamguard.features.lexical import lexical_features
from spamguard.learning.documents import Labelled
from spamguard.learning.lexical_fit import batches
from spamguard.model.categories import category_buckets
from spamguard.model.decoding import token_spans
from spamguard.model.detector import raw_offsets
from spamguard.model.mentions import in_place
from spamguard.model.network import Network
from spamguard.model.tagger import Tagged, Tagger
from spamguard.model.variants import variants_of
from spamguard.model.verifier import Verdict, candidate_features, choose
from spamguard.spans import Interval
from spamguard.text.tokens import tokenise

Floats = NDArray[np.float32]
# A candidate is spam where at least this share of its characters is.
_SPAM_SHARE = 0.5
# Of a candidate's many variants, those that are neither itself nor exact are kept at this rate.
_VARIANT_SHARE = 0.15


@dataclass(frozen=True)
class CandidateRows:
    """Variants of candidates to learn from: features, shape (n, d), int8 verdicts, shape (n,).

    Features are of half precision while they are collected, of single precision once they are joined.
    """

    matrix: NDArray[np.float16] | Floats
    verdicts: NDArray[np.int8]


def joined(parts: list[CandidateRows]) -> CandidateRows:
    """Join rows in single precision; the list is emptied on the way, for there are millions of them.

    Parameters
    ----------
    parts
        At least one, all as wide.
    """
    verdicts = np.concatenate([part.verdicts for part in parts])
    matrix = np.empty((len(verdicts), parts[0].matrix.shape[1]), dtype=np.float32)
    end = len(verdicts)
    while parts:
        part = parts.pop()
        matrix[end - len(part.verdicts) : end] = part.matrix
        end -= len(part.verdicts)
    return CandidateRows(matrix, verdicts)


@dataclass(frozen=True)
class ChosenRows:
    """Chosen candidates to calibrate on: float32 log-odds, and whether each is spam, shape (n,) each."""

    log_odds: Floats
    truth: NDArray[np.bool_]


def _candidates(
    tagger: Tagger, documents: Sequence[Labelled], prior: float
) -> Iterator[tuple[Tagged, list[Interval], Sequence[Labelled]]]:
    """Tag documents and decode the candidates."""
    for part in batches(documents):
        tagged = tagger.tag([document.text for document in part])
        spans = token_spans(tagged.log_probabilities, tagged.tokens, prior) if tagged else []
        if tagged is not None and spans:
            yield tagged, spans, part


def candidate_rows(tagger: Tagger, documents: Sequence[Labelled], prior: float, seed: int) -> CandidateRows:
    """Turn documents into rows of candidates as a whole tagger proposes them, with some of their variants.

    Parameters
    ----------
    tagger
        The first two stages.
    documents
        Labelled documents, clean ones too.
    prior
        See :func:`spamguard.model.decoding.best_tags`.
    seed
        Seed of the choice of variants.
    """
    rng = np.random.default_rng(seed)
    matrices, all_verdicts = [np.zeros((0, 0), dtype=np.float16)], [np.zeros(0, dtype=np.int8)]
    for tagged, spans, part in _candidates(tagger, documents, prior):
        variants = variants_of(spans, tagged)
        verdicts = np.array(
            [
                _verdict(tagged, part, a, b)
                for a, b in zip(variants.first.tolist(), variants.last.tolist(), strict=True)
            ],
            dtype=np.int8,
        )
        own = np.array(
            [
                (a, b) == spans[n]
                for a, b, n in zip(variants.first, variants.last, variants.owner, strict=True)
            ]
        )
        keep = own | (verdicts == Verdict.EXACT) | (rng.random(len(own)) < _VARIANT_SHARE)
        features = candidate_features(
            tagged, tagger.languages.pairs, variants.first[keep], variants.last[keep]
        )
        matrices.append(features.astype(np.float16))
        all_verdicts.append(verdicts[keep])
    width = max(matrix.shape[1] for matrix in matrices)
    matrices[0] = matrices[0].reshape(0, width)
    return CandidateRows(np.concatenate(matrices), np.concatenate(all_verdicts))


def chosen_rows(tagger: Tagger, verifier: Network, documents: Sequence[Labelled], prior: float) -> ChosenRows:
    """Let the whole model choose candidates in documents, and compare with the truth."""
    log_odds, truth = [np.zeros(0, dtype=np.float32)], list[bool]()
    for tagged, spans, part in _candidates(tagger, documents, prior):
        ranges, odds = choose(verifier, tagged, tagger.languages.pairs, spans)
        places = [raw_offsets(tagged.tokens, first, last) for first, last in ranges]
        log_odds.append(in_place(odds, [document.text for document in part], places))
        truth += [_verdict(tagged, part, first, last) != Verdict.HAM for first, last in ranges]
    return ChosenRows(np.concatenate(log_odds), np.array(truth, dtype=bool))


def _verdict(tagged: Tagged, part: Sequence[Labelled], first: int, last: int) -> Verdict:
    """Compare a range of tokens with the truth."""
    number, start, end = raw_offsets(tagged.tokens, first, last)
    if _share_of_spam(part[number], start, end) < _SPAM_SHARE:
        return Verdict.HAM
    return Verdict.EXACT if _is_exact(part[number], start, end) else Verdict.INEXACT


def _share_of_spam(document: Labelled, start: int, end: int) -> float:
    """Share of a stretch's characters that are spam."""
    covered = sum(max(0, min(end, last) - max(start, first)) for first, last in document.spans)
    return covered / (end - start)


def _is_exact(document: Labelled, start: int, end: int) -> bool:
    """Whether a stretch starts and ends where gold spans do, and holds spam and blanks only."""
    starts, ends = {first for first, _ in document.spans}, {last for _, last in document.spans}
    inside = [(first, last) for first, last in document.spans if start <= first and last <= end]
    between = sum(after[0] - before[1] for before, after in pairwise(inside))
    return start in starts and end in ends and between <= len(inside)


def category_rows(documents: Sequence[Labelled]) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Collect each gold span's n-gram buckets with its category, spans without a category left out."""
    found: list[NDArray[np.int64]] = []
    names: list[str] = []
    for part in batches(documents):
        tokens = tokenise([document.text for document in part])
        lexical = lexical_features(tokens)
        raw = tokens.folded.raw[tokens.start]
        for number, document in enumerate(part):
            base = int(tokens.folded.doc_start[number])
            for start, end in document.spans if document.category else ():
                first, last = np.searchsorted(raw, [base + start, base + end])
                if first < last:
                    found.append(category_buckets(lexical, [(int(first), int(last))])[0])
                    names.append(document.category)
    return found, names

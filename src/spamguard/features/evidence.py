"""Features that weigh evidence: lexical scores around a token, and how well languages explain it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spamguard.features.document import DocumentFacts
from spamguard.features.language import LanguageFit
from spamguard.features.place import Place
from spamguard.features.windows import max_by_group, mean_between, min_by_group, running

Add = Callable[[str, NDArray[np.generic]], None]
_REACHES = (1, 2, 4, 8)
_MOST_MISFIT = 60.0
_MOST_SUM = 40.0
# Lengths in tokens of the stretches whose best one, of those that cover a token, speaks for it.
_COVER = (3, 6, 12)


def add_scores(place: Place, facts: DocumentFacts, add: Add) -> None:
    """Add the lexical evidence here and around."""
    tokens, score = place.tokens, place.score
    sums = running(score)
    add("score", score)
    for reach in _REACHES:
        add(f"score ±{reach}", mean_between(sums, *place.window(reach)))
    for reach in (2, 5):
        first, last = place.window(reach)
        add(f"score {reach} before", mean_between(sums, first, place.at))
        add(f"score {reach} after", mean_between(sums, place.at + 1, last))
    for by in (-3, -2, -1, 1, 2, 3):
        add(f"score at {by:+d}", place.neighbour(score, by, 0.0))
    add("score of line", mean_between(sums, tokens.line_start, tokens.line_end))
    add("score of document", facts.mean_score[tokens.doc])
    add("score of segment", mean_between(sums, place.segment_first, place.segment_last))
    for length in _COVER:
        add(f"best of {length} that cover it", _best_cover(place, sums, length))
    run_first, run_last = place.script_run()
    in_run = mean_between(sums, run_first, run_last)
    add("score of run", in_run)
    add("sum of run", np.clip(in_run * (run_last - run_first), -_MOST_SUM, _MOST_SUM))
    add("best of segment", max_by_group(score, place.segment_starts)[place.segment])
    add("worst of segment", min_by_group(score, place.segment_starts)[place.segment])
    add("best of line", facts.line_best)
    add("best elsewhere", facts.best_elsewhere)
    add("line before", facts.best_before)
    add("line after", facts.best_after)


def _best_cover(place: Place, sums: NDArray[np.float64], length: int) -> NDArray[np.float32]:
    """Best mean of ``length`` tokens on the line, over all such stretches that cover the token."""
    tokens = place.tokens
    forward = mean_between(sums, place.at, np.minimum(place.at + length, tokens.line_end))
    best = forward
    for by in range(1, length):
        best = np.maximum(best, np.asarray(place.neighbour(forward, -by, -np.inf), dtype=np.float32))
    return best


def add_languages(place: Place, fit: LanguageFit, facts: DocumentFacts, add: Add) -> None:
    """Add predictability in the document's language, whether another fits better, and usual neighbours."""
    tokens = place.tokens
    own_language = facts.language[tokens.doc]
    count_sums, sums = running(fit.gram_count), running(fit.by_language)
    for name, first, last in (
        ("token", place.at, place.at + 1),
        ("±3", *place.window(3)),
        ("±8", *place.window(8)),
        ("segment", place.segment_first, place.segment_last),
        ("run", *place.script_run()),
        ("line", tokens.line_start, tokens.line_end),
    ):
        n = np.maximum(count_sums[last] - count_sums[first], 1)
        total = (sums[last] - sums[first]).astype(np.float32)
        here = total[place.at, own_language]
        add(f"fit in {name}", here / n)
        add(f"misfit in {name}", np.minimum(total.max(axis=1) - here, _MOST_MISFIT) / np.sqrt(n))
    for name, values in (("pair", fit.pair), ("triple", fit.triple)):
        add(f"{name} before", values)
        add(f"{name} after", place.neighbour(values, 1, 0.0))
        add(f"{name} second after", place.neighbour(values, 2, 0.0))
        value_sums = running(values)
        for reach in (3, 8):
            add(f"{name} ±{reach}", mean_between(value_sums, *place.window(reach)))
        add(f"{name} in segment", mean_between(value_sums, place.segment_first, place.segment_last))
        add(f"{name} in run", mean_between(value_sums, *place.script_run()))
    add("closes without", place.neighbour(fit.skip, 1, 0.0))

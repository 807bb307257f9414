"""From scored spans to curves: precision against recall, score against truth, category against category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Outcome, common
from spamguard.result import CleanResult
from spamguard.spans import CATEGORIES, Interval

# A span counts as spam from this share of its characters on, as the calibration of training has it.
SPAM_SHARE = 0.5
MISSED = "missed"
_MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Bin:
    """Spans whose scores lie close together.

    Parameters
    ----------
    low, high
        Half-open range of the scores; the last bin holds 1 too.
    n_spans
        How many there are.
    mean_score, share_right
        Their mean score, and which share of them is spam; both 0 in an empty bin.

    Examples
    --------
    >>> Bin(0.9, 1.0, 20, 0.96, 0.95).n_spans
    20
    """

    low: float
    high: float
    n_spans: int
    mean_score: float
    share_right: float


def _hit_chars(case: Case, span: Interval) -> int:
    """Characters of a span that are spam."""
    return sum(end - start for start, end in common([span], case.spans))


def precision_recall(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return recall and precision of spam characters for every threshold, from the strictest on.

    Parameters
    ----------
    outcomes
        Cases, cleaned at a threshold close to 0: their spans' scores are what the curve is drawn from.

    Returns
    -------
    list of (recall, precision)
        400 points at most; empty where there is no spam, or nothing was found.
    """
    scored = [
        (span.score, _hit_chars(case, (span.start, span.end)), span.end - span.start)
        for case, result in outcomes
        for span in result.spans
    ]
    spam_chars = sum(end - start for case, _ in outcomes for start, end in case.spans)
    points, hits, found = list[tuple[float, float]](), 0, 0
    scored.sort(reverse=True)
    for i, (score, hit, length) in enumerate(scored):
        hits, found = hits + hit, found + length
        if spam_chars and (i + 1 == len(scored) or scored[i + 1][0] != score):
            points.append((hits / spam_chars, hits / found))
    step = max(1, len(points) // _MOST_POINTS)
    return points[::-step][::-1]


def reliability(outcomes: Sequence[Outcome], n_bins: int = 10) -> list[Bin]:
    """Compare scores with the share of spans that are spam.

    Parameters
    ----------
    outcomes
        Cases, cleaned at a threshold close to 0.
    n_bins
        Number of bins of equal width.
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for case, result in outcomes:
        for span in result.spans:
            right = _hit_chars(case, (span.start, span.end)) >= SPAM_SHARE * (span.end - span.start)
            members[min(n_bins - 1, int(span.score * n_bins))].append((span.score, right))
    bins = []
    for i, inside in enumerate(members):
        count = max(1, len(inside))
        mean, right_share = sum(score for score, _ in inside) / count, sum(one for _, one in inside) / count
        bins.append(Bin(i / n_bins, (i + 1) / n_bins, len(inside), mean, right_share))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the mean distance between score and truth, weighted by the bins' sizes; None of no spans.

    Examples
    --------
    >>> calibration_error([Bin(0.0, 0.5, 1, 0.25, 0.0), Bin(0.5, 1.0, 3, 0.75, 1.0)])
    0.25
    """
    total = sum(one.n_spans for one in bins)
    gaps = sum(one.n_spans * abs(one.mean_score - one.share_right) for one in bins)
    return round(gaps / total, 4) if total else None


def confusion(outcomes: Sequence[Outcome]) -> tuple[list[str], list[list[int]]]:
    """Count the categories that injected ads were reported as.

    Parameters
    ----------
    outcomes
        Cases, cleaned as users clean; those whose ads have no known category do not count.

    Returns
    -------
    (columns, counts)
        Names of the columns, the last for ads that were not found; one row for each category, in their order.
    """
    columns = [*CATEGORIES, MISSED]
    counts = [[0] * len(columns) for _ in CATEGORIES]
    for case, result in outcomes:
        known = case.groups.get("category")
        if known in CATEGORIES:
            for gold in case.spans:
                counts[columns.index(known)][columns.index(_reported(gold, result))] += 1
    return columns, counts


def _reported(gold: Interval, result: CleanResult) -> str:
    """Return the category of the span that covers most of an ad."""
    overlaps = [(min(gold[1], one.end) - max(gold[0], one.start), one.category) for one in result.spans]
    covered, category = max(overlaps, key=lambda pair: pair[0], default=(0, "other"))
    return category if covered > 0 else MISSED

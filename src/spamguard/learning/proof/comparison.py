"""Two models on the same cases: figures with intervals, and every decision that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spamguard.learning.cases import GROUPINGS, Case
from spamguard.learning.evaluation import Tally, tabulate
from spamguard.learning.threads import one_thread
from spamguard.result import CleanResult

MEASURES = ("restored", "recall", "precision", "altered", "lost")
_N_RESAMPLES = 1000
_LEVEL = 0.95
_SEED = 20261122
Counts = NDArray[np.float64]
Pair = tuple[Case, CleanResult, CleanResult]


class CleansMany(Protocol):
    """Cleans texts, in order: a :class:`spamguard.Guard` does."""

    def clean_many(self, texts: Iterable[str]) -> Iterator[CleanResult]:
        """Clean texts."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case that the two models leave in different states.

    Parameters
    ----------
    case
        The case.
    before, after
        What the base and the candidate made of it.
    harm
        Above 0 where the candidate is worse: legitimate characters more that it takes, and spam characters
        fewer; a clean text that it alters counts ten times.

    Examples
    --------
    >>> case = Case("1", "ad good", "good", ((0, 2),))
    >>> Change(case, CleanResult("good"), CleanResult("ad good"), 2.0).broke
    True
    """

    case: Case
    before: CleanResult
    after: CleanResult
    harm: float

    @property
    def broke(self) -> bool:
        """Whether the text was right and no longer is."""
        return self.before.text == self.case.clean != self.after.text

    @property
    def mended(self) -> bool:
        """Whether the text is right and was not."""
        return self.before.text != self.case.clean == self.after.text


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of two models.

    Parameters
    ----------
    base, candidate
        The measure; None where there was nothing to measure.
    low, high
        Ends of the 95 % interval of candidate minus base, over resampled cases.

    Examples
    --------
    >>> Figure(0.9, 0.92, 0.01, 0.03).difference
    0.02
    """

    base: float | None
    candidate: float | None
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Candidate minus base; 0 where there was nothing to measure."""
        if self.base is None or self.candidate is None:
            return 0.0
        return round(self.candidate - self.base, 4)


@dataclass(slots=True)
class Comparison:
    """Two models on one set of cases.

    Parameters
    ----------
    n_cases
        How many.
    figures
        By measure.
    rows
        The candidate's measures by group, as an evaluation has them.
    changes
        Worst first.

    Examples
    --------
    >>> Comparison(0).changes
    []
    """

    n_cases: int
    figures: dict[str, Figure] = field(default_factory=dict)
    rows: dict[str, dict[str, float | None]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for a manifest: no text, and no change in full."""
        return {
            "cases": self.n_cases,
            "broke": sum(change.broke for change in self.changes),
            "mended": sum(change.mended for change in self.changes),
            **{
                name: {"base": one.base, "candidate": one.candidate, "low": one.low, "high": one.high}
                for name, one in self.figures.items()
            },
        }


def compare(base: CleansMany, candidate: CleansMany, cases: Sequence[Case]) -> Comparison:
    """Compare two models.

    Parameters
    ----------
    base, candidate
        Cleaned with at their default threshold.
    cases
        The same for both; none gives an empty comparison.
    """
    return compare_results(clean_with_both(base, candidate, cases))


def clean_with_both(base: CleansMany, candidate: CleansMany, cases: Sequence[Case]) -> list[Pair]:
    """Clean cases with two models, for comparisons of all of them and of some.

    Parameters
    ----------
    base, candidate, cases
        See :func:`compare`.

    Returns
    -------
    list of (Case, CleanResult, CleanResult)
        Each case with what the base and the candidate made of it.
    """
    texts = [case.text for case in cases]
    with one_thread():
        return list(zip(cases, base.clean_many(texts), candidate.clean_many(texts), strict=True))


def compare_results(pairs: Sequence[Pair]) -> Comparison:
    """Compare what two models made of the same cases.

    Parameters
    ----------
    pairs
        From :func:`clean_with_both`; none gives an empty comparison.
    """
    if not pairs:
        return Comparison(0)
    cases, before, after = zip(*pairs, strict=True)
    rows = tabulate(zip(cases, after, strict=True), GROUPINGS)
    counts = [
        np.array([_counts(*pair) for pair in zip(cases, results, strict=True)]) for results in (before, after)
    ]
    changes = [
        Change(case, old, new, _harm(case, old, new)) for case, old, new in pairs if old.text != new.text
    ]
    changes.sort(key=lambda change: (-change.broke, -change.harm))
    return Comparison(len(cases), _figures(*counts), rows, changes)


def _counts(case: Case, result: CleanResult) -> tuple[float, ...]:
    """Return what one case adds to the sums that the measures are shares of."""
    tally = Tally()
    tally.add(case, result)
    return (
        tally.n_contaminated, tally.n_restored, tally.n_clean, tally.n_altered,
        tally.spam_chars, tally.hit_chars, tally.found_chars, tally.host_chars,
    )  # fmt: skip


def _measures(sums: Counts) -> Counts:
    """Turn sums, shape (..., 8), into measures, shape (..., 5); NaN of nothing."""
    polluted, restored, clean, altered, spam, hit, found, host = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [restored / polluted, hit / spam, hit / found, altered / clean, 1e6 * (found - hit) / host]
    return np.stack(parts, axis=-1)


def _figures(base: Counts, candidate: Counts) -> dict[str, Figure]:
    """Measure both, with paired bootstrap intervals (Efron, 1979) of the difference."""
    rng = np.random.default_rng(_SEED)
    n = len(base)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=_N_RESAMPLES).astype(np.float64)
    spread = _measures(weights @ candidate) - _measures(weights @ base)
    old, new = _measures(base.sum(axis=0)), _measures(candidate.sum(axis=0))
    found = {}
    for number, name in enumerate(MEASURES):
        column = spread[:, number]
        column = column[np.isfinite(column)]
        tails = (50 * (1 - _LEVEL), 50 * (1 + _LEVEL))
        low, high = np.percentile(column, tails).tolist() if len(column) else (0.0, 0.0)
        found[name] = Figure(_rounded(old[number]), _rounded(new[number]), round(low, 4), round(high, 4))
    return found


def _rounded(value: np.float64) -> float | None:
    """Return a measure to four places; None of nothing."""
    return round(float(value), 4) if np.isfinite(value) else None


def _harm(case: Case, before: CleanResult, after: CleanResult) -> float:
    """Say how much worse the candidate left a case."""
    old, new = _counts(case, before), _counts(case, after)
    taken = (new[6] - new[5]) - (old[6] - old[5])
    left = old[5] - new[5]
    return float(taken + left) * (1 if case.contaminated else 10)

"""How good a guard is on cases whose spam is known: restored, recall, precision, altered, lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from spamguard.learning.cases import Case
from spamguard.result import CleanResult
from spamguard.spans import Interval, merge

# Guard.clean_many with its options bound.
Cleaner = Callable[[Iterable[str]], Iterable[CleanResult]]
# A case, and what a guard made of its text.
Outcome = tuple[Case, CleanResult]
# Documents cleaned before the clock starts, so that first-call costs do not count.
N_WARM_UP = 50
_BATCH_CASES = 256
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Tally:
    """Counts over cases, from which the measures follow.

    Examples
    --------
    >>> tally = Tally()
    >>> tally.add(Case("1", "good", "good"), CleanResult("good"))
    >>> tally.measures()["altered"]
    0.0
    """

    n_contaminated: int = 0
    n_clean: int = 0
    n_restored: int = 0
    n_nearly: int = 0
    n_altered: int = 0
    spam_chars: int = 0
    found_chars: int = 0
    hit_chars: int = 0
    host_chars: int = 0

    def add(self, case: Case, result: CleanResult) -> None:
        """Count one case."""
        found = merge((span.start, span.end) for span in result.spans)
        spam_chars = _total(case.spans)
        self.spam_chars += spam_chars
        self.host_chars += len(case.text) - spam_chars
        self.found_chars += _total(found)
        self.hit_chars += _total(common(case.spans, found))
        if case.contaminated:
            self.n_contaminated += 1
            self.n_restored += result.text == case.clean
            self.n_nearly += _folded(result.text) == _folded(case.clean)
        else:
            self.n_clean += 1
            self.n_altered += result.text != case.clean

    def measures(self) -> dict[str, float | None]:
        """Return the measures by name; None where there was nothing to measure.

        Returns
        -------
        dict
            ``contaminated`` and ``clean``, documents; ``restored``, share of contaminated documents that
            come back equal; ``restored~``, the same with runs of white space folded; ``recall`` and
            ``precision``, shares of spam characters; ``altered``, share of clean documents changed at all;
            ``lost``, legitimate characters in reported spans per million.
        """
        return {
            "contaminated": self.n_contaminated,
            "clean": self.n_clean,
            "restored": _share(self.n_restored, self.n_contaminated),
            "restored~": _share(self.n_nearly, self.n_contaminated),
            "recall": _share(self.hit_chars, self.spam_chars),
            "precision": _share(self.hit_chars, self.found_chars),
            "altered": _share(self.n_altered, self.n_clean),
            "lost": round(1e6 * (self.found_chars - self.hit_chars) / max(1, self.host_chars), 1),
        }


def common(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Return where two lists of disjoint ascending intervals overlap.

    Examples
    --------
    >>> common([(0, 4), (6, 9)], [(2, 7)])
    [(2, 4), (6, 7)]
    """
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def _total(intervals: Iterable[Interval]) -> int:
    """Positions that disjoint intervals cover."""
    return sum(end - start for start, end in intervals)


def _share(part: int, whole: int) -> float | None:
    """Return a share to four places, None of nothing."""
    return round(part / whole, 4) if whole else None


def _folded(text: str) -> str:
    """Return a text with its runs of white space folded."""
    return _SPACE.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A case that did not come out right.

    Parameters
    ----------
    case
        The case.
    missed
        Gold spans that the reported ones do not cover whole.
    wrong
        Reported spans that reach beyond the gold ones.

    Examples
    --------
    >>> Mistake(Case("1", "ad good", "good", ((0, 2),)), [(0, 2)], []).missed
    [(0, 2)]
    """

    case: Case
    missed: list[Interval]
    wrong: list[Interval]


def _mistake(case: Case, result: CleanResult) -> Mistake | None:
    """Return what went wrong with a case; None where its text is as it was."""
    if result.text == case.clean:
        return None
    found = merge((span.start, span.end) for span in result.spans)
    missed = [span for span in case.spans if _total(common([span], found)) < span[1] - span[0]]
    wrong = [span for span in found if _total(common([span], case.spans)) < span[1] - span[0]]
    return Mistake(case, missed, wrong)


@dataclass(slots=True)
class Evaluation:
    """The outcome of :func:`evaluate`.

    Parameters
    ----------
    rows
        Measures by group: ``all``, then ``family=…`` and the like; ``all`` has ``MB/s`` too.
    mistakes
        The first cases that did not come out right, as many as were asked for.
    outcomes
        Every case with its result, in order.

    Examples
    --------
    >>> Evaluation({"all": {"restored": 0.97}}, []).rows["all"]["restored"]
    0.97
    """

    rows: dict[str, dict[str, float | None]]
    mistakes: list[Mistake]
    outcomes: list[Outcome] = field(default_factory=list)


def evaluate(
    clean: Cleaner, cases: Sequence[Case], *, by: Sequence[str] = (), n_mistakes: int = 0
) -> Evaluation:
    """Clean cases and measure the outcome.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    cases
        The cases, all checked before the first is cleaned.
    by
        Keys of :data:`spamguard.learning.cases.GROUPINGS`; every value of each gives a group.
    n_mistakes
        How many mistakes to return.

    Returns
    -------
    Evaluation
        Measures and mistakes.
    """
    for _ in clean([case.text for case in cases[:N_WARM_UP]]):
        pass
    outcomes, spent_s = list[Outcome](), 0.0
    source = iter(cases)
    while batch := list(islice(source, _BATCH_CASES)):
        started_s = time.perf_counter()
        results = list(clean([case.text for case in batch]))
        spent_s += time.perf_counter() - started_s
        outcomes += zip(batch, results, strict=True)
    rows = tabulate(outcomes, by)
    n_bytes = sum(len(case.text.encode("utf-8", "surrogatepass")) for case in cases)
    rows["all"]["MB/s"] = round(n_bytes / 1e6 / spent_s, 2) if spent_s else None
    mistakes = islice(filter(None, (_mistake(*outcome) for outcome in outcomes)), n_mistakes)
    return Evaluation(rows, list(mistakes), outcomes)


def tabulate(outcomes: Iterable[Outcome], by: Sequence[str] = ()) -> dict[str, dict[str, float | None]]:
    """Return the measures of cases that were cleaned, ``all`` and by group.

    Parameters
    ----------
    outcomes
        Cases with their results.
    by
        As for :func:`evaluate`.
    """
    tallies = {"all": Tally()}
    for case, result in outcomes:
        for group in ("all", *(f"{key}={case.group(key)}" for key in by)):
            tallies.setdefault(group, Tally()).add(case, result)
    return {group: tally.measures() for group, tally in tallies.items()}

"""What changed in what is found, month by month, from the reports of `spamguard clean`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from spamguard.errors import InputError
from spamguard.learning.held_out import key
from spamguard.learning.labels.fields import Fields, json_lines, read_bytes
from spamguard.learning.report.drawing import Axes
from spamguard.learning.report.plots import Curve, line_plot
from spamguard.spans import CATEGORIES

# Scores this close to the threshold are the ones that a little change of style would lose; above a strict
# threshold no more than half of what is left up to certainty.
NEAR_BAND, NEAR_SHARE = 0.15, 0.5
# A share that has grown by this much over the months before says: label some.
GROWTH = 0.1
# Where so much of what is found was never seen before, campaigns change faster than the model is taught.
MOSTLY_NEW = 0.5
# Numbers that double or halve are named, from so many spans on: fewer do so by chance.
FOLD, FEWEST = 2, 10
# New strings that are shown of each month.
N_SHOWN = 5
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Month:
    """What was found in one month.

    Parameters
    ----------
    name
        Such as ``"2026-11"``.
    n_spans
        Spans found.
    share_new
        Share of them whose string no month before had; 0 in the first month.
    share_near
        Share of them whose score is close to the threshold.
    categories
        Share of each category.
    new_strings
        The most frequent of the strings that no month before had, as they first stood, and how often each.

    Examples
    --------
    >>> Month("2026-11", 10, 0.5, 0.1, {"pharma": 1.0}).share_new
    0.5
    """

    name: str
    n_spans: int
    share_new: float
    share_near: float
    categories: Mapping[str, float]
    new_strings: Sequence[tuple[str, int]] = ()

    def count(self, category: str) -> int:
        """Return how many spans are of a category."""
        return round(self.categories.get(category, 0.0) * self.n_spans)


def month_of(path: Path) -> str:
    """Return the month of a report: the first date in its name, or when it was last written.

    Examples
    --------
    >>> month_of(Path("removed-2026-11-22.jsonl"))
    '2026-11'
    """
    if found := _MONTH.search(path.name):
        return found[0]
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m")


def months(
    reports: Iterable[Path], threshold: float, read: Callable[[Path], bytes] = read_bytes
) -> list[Month]:
    """Read reports.

    Parameters
    ----------
    reports
        Files of ``spamguard clean --report``: JSON lines with text, score and category.
    threshold
        What was cleaned with, 0 to 1.
    read
        Gives the content of a report, so that packed ones can be read.

    Returns
    -------
    list of Month
        Ascending.

    Raises
    ------
    InputError
        At the first line that is no span, or if a report is missing or too large.
    """
    band = min(NEAR_BAND, NEAR_SHARE * (1 - threshold))
    counts: dict[str, Counter[str]] = {}
    strings: dict[str, Counter[str]] = {}
    shown: dict[str, str] = {}
    for path in reports:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        name = month_of(path)
        mine, texts = counts.setdefault(name, Counter()), strings.setdefault(name, Counter())
        for fields in json_lines(path, read):
            # A record or file with a fault: nothing was found in it.
            if "fault" in fields.values:
                continue
            score, category = _score(fields), fields.string("category")
            if category not in CATEGORIES:
                raise InputError(f"{fields.place}: field 'category' must be one of {', '.join(CATEGORIES)}")
            mine["near"] += abs(score - threshold) <= band
            mine[f"in {category}"] += 1
            folded = key(fields.string("text"))
            texts[folded] += 1
            shown.setdefault(folded, fields.string("text"))
    return _in_order(counts, strings, shown)


def _score(fields: Fields) -> float:
    """Return a span's score."""
    score = fields.values.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise fields.fault("score", "a number from 0 to 1", score)
    return score


def _in_order(
    counts: Mapping[str, Counter[str]], strings: Mapping[str, Counter[str]], shown: Mapping[str, str]
) -> list[Month]:
    """Turn counts into shares, month after month."""
    found: list[Month] = []
    seen: set[str] = set()
    for name in sorted(counts):
        mine, texts = counts[name], strings[name]
        total = max(1, texts.total())
        new = Counter({text: count for text, count in texts.items() if found and text not in seen})
        categories: dict[str, float] = {
            one: round(mine[f"in {one}"] / total, 4) for one in CATEGORIES if mine[f"in {one}"]
        }
        shares = round(new.total() / total, 4), round(mine["near"] / total, 4)
        most = [(shown[text], count) for text, count in new.most_common(N_SHOWN)]
        found.append(Month(name, texts.total(), *shares, categories, most))
        seen |= set(texts)
    return found


def advice(found: Sequence[Month]) -> str:
    """Say whether it is time to label and train, and what to look at.

    The last month is held against the mean of those before. It is time to label where the share of doubtful
    scores, of new strings or of a category grew by :data:`GROWTH`, where :data:`MOSTLY_NEW` of the spans are
    new strings, or where their number doubled. Where their number, or that of a category, halved, less spam
    came in, or more slips through: only a look at what was kept tells.

    Parameters
    ----------
    found
        From :func:`months`.
    """
    if len(found) < 2:
        return "one month says nothing about change: come back with two"
    *before, last = found
    risen, fallen = _risen(before, last), _fallen(before, last)
    lines = [f"time to label: {'; '.join(risen)}"] if risen else []
    if fallen:
        lines.append(f"look at a sample of what was kept, unless less was cleaned: {'; '.join(fallen)}")
    return "\n".join(lines) or "nothing moved much: no need to train"


def _risen(before: Sequence[Month], last: Month) -> list[str]:
    """Name what there is more of than before."""
    shares = [("doubtful scores", mean(one.share_near for one in before), last.share_near)]
    for category in sorted(last.categories):
        old = mean(one.categories.get(category, 0.0) for one in before)
        shares.append((category, old, last.categories[category]))
    named = [f"{what} went from {old:.0%} to {new:.0%}" for what, old, new in shares if new - old >= GROWTH]
    if last.share_new >= MOSTLY_NEW:
        named.append(f"{last.share_new:.0%} of what was found are strings that no month before had")
    # The first month has nothing to be new against.
    elif before[1:] and last.share_new - (old := mean(one.share_new for one in before[1:])) >= GROWTH:
        named.append(f"new strings went from {old:.0%} to {last.share_new:.0%}")
    usual = mean(one.n_spans for one in before)
    if last.n_spans >= FEWEST and last.n_spans >= FOLD * usual:
        named.append(f"spans went from {usual:,.0f} to {last.n_spans:,}")
    return named


def _fallen(before: Sequence[Month], last: Month) -> list[str]:
    """Name what there is less of than before."""
    numbers = [("spans", mean(one.n_spans for one in before), last.n_spans)]
    for category in sorted({name for one in before for name in one.categories}):
        numbers.append((category, mean(one.count(category) for one in before), last.count(category)))
    return [
        f"{what} went from {old:,.0f} to {new:,}"
        for what, old, new in numbers
        if old >= FEWEST and new * FOLD <= old
    ]


def plot(found: Sequence[Month]) -> str:
    """Draw the shares of new strings and of doubtful scores, as an SVG element."""
    numbered = list(enumerate(found, start=1))
    lines = [
        Curve("new strings", [(at, month.share_new) for at, month in numbered]),
        Curve("doubtful scores", [(at, month.share_near) for at, month in numbered]),
    ]
    names = f"months, {found[0].name} to {found[-1].name}" if found else "months"
    axes = Axes(names, "share of spans", x_range=(1, max(2, len(found))))
    return line_plot(lines, title="Drift", axes=axes)

"""What changed in what is found, month by month, from the reports of `spamguard clean`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spamguard.errors import InputError
from spamguard.learning.held_out import key
from spamguard.learning.labels.fields import json_lines
from spamguard.learning.report.drawing import Axes
from spamguard.learning.report.plots import Curve, line_plot
from spamguard.spans import CATEGORIES

# Scores this close to the threshold are the ones that a little change of style would lose.
NEAR_BAND = 0.15
# A share of new or doubtful spans that has grown by this much since the first month says: label some.
GROWTH = 0.1
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


def months(reports: Iterable[Path], threshold: float) -> list[Month]:
    """Read reports.

    Parameters
    ----------
    reports
        Files of ``spamguard clean --report``: JSON lines with text, score and category.
    threshold
        What was cleaned with, 0 to 1.

    Returns
    -------
    list of Month
        Ascending.

    Raises
    ------
    InputError
        At the first line that is no span.
    """
    counts: dict[str, Counter[str]] = {}
    strings: dict[str, Counter[str]] = {}
    for path in reports:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file")
        name = month_of(path)
        mine, texts = counts.setdefault(name, Counter()), strings.setdefault(name, Counter())
        for fields in json_lines(path):
            score, category = fields.values.get("score"), fields.string("category")
            if isinstance(score, bool) or not isinstance(score, int | float):
                raise fields.fault("score", "a number from 0 to 1", score)
            if category not in CATEGORIES:
                raise InputError(f"{fields.place}: field 'category' must be one of {', '.join(CATEGORIES)}")
            mine["near"] += abs(score - threshold) <= NEAR_BAND
            mine[f"in {category}"] += 1
            texts[key(fields.string("text"))] += 1
    return _in_order(counts, strings)


def _in_order(counts: Mapping[str, Counter[str]], strings: Mapping[str, Counter[str]]) -> list[Month]:
    """Turn counts into shares, month after month."""
    found: list[Month] = []
    seen: set[str] = set()
    for name in sorted(counts):
        mine, texts = counts[name], strings[name]
        total = max(1, texts.total())
        new = sum(count for text, count in texts.items() if text not in seen) if found else 0
        categories: dict[str, float] = {
            one: round(mine[f"in {one}"] / total, 4) for one in CATEGORIES if mine[f"in {one}"]
        }
        found.append(
            Month(name, texts.total(), round(new / total, 4), round(mine["near"] / total, 4), categories)
        )
        seen |= set(texts)
    return found


def advice(found: Sequence[Month]) -> str:
    """Say whether it is time to label and train.

    Parameters
    ----------
    found
        From :func:`months`.
    """
    if len(found) < 2:
        return "one month says nothing about change: come back with two"
    first, last = found[0], found[-1]
    moved = [
        f"{what} went from {old:.0%} to {new:.0%}"
        for what, old, new in (
            ("doubtful scores", first.share_near, last.share_near),
            ("new strings", found[1].share_new, last.share_new),
            *(
                (category, first.categories.get(category, 0.0), last.categories.get(category, 0.0))
                for category in sorted({*first.categories, *last.categories})
            ),
        )
        if new - old >= GROWTH
    ]
    return f"time to label: {'; '.join(moved)}" if moved else "nothing moved much: no need to train"


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

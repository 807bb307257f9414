"""The report of an evaluation: one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spamguard.learning.cases import LENGTHS, LONGEST
from spamguard.learning.evaluation import Outcome, tabulate
from spamguard.learning.mistakes import commonest, errors_of
from spamguard.learning.report.contexts import in_context, worst
from spamguard.learning.report.curves import calibration_error, confusion, precision_recall, reliability
from spamguard.learning.report.drawing import escape, number
from spamguard.learning.report.plots import (
    STYLE,
    Axes,
    Bar,
    Curve,
    Mark,
    bar_chart,
    histogram,
    line_plot,
    matrix,
)
from spamguard.spans import CATEGORIES

FILE_NAME = "index.html"
N_WORST = 20
_MEASURES = ("contaminated", "clean", "restored", "recall", "precision", "altered", "lost")
_GROUPS = {
    "pattern": "placement",
    "length": "length of the document, in characters",
    "lang": "language of the article",
    "family": "family",
}
_LENGTH_ORDER = [name for _, name in LENGTHS] + [LONGEST]
_PAGE_STYLE = """
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:36px 24px 80px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:44px 0 12px}
p{color:var(--soft);max-width:74ch;margin:6px 0}
.card{background:var(--surface);border:1px solid var(--grid);border-radius:10px;padding:18px 20px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:18px;align-items:start}
.stack{display:grid;gap:18px}.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:6px 12px 6px 0;text-align:right;border-bottom:1px solid var(--grid);vertical-align:top}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child,td.text,th.text{text-align:left}
td.text{word-break:break-word;color:var(--soft)}
.error{margin:0 0 14px;padding:12px 16px;border-radius:8px;background:var(--surface);
border:1px solid var(--grid)}
.error small{color:var(--faint);display:block;margin-bottom:4px}
.error div{word-break:break-word;line-height:1.7;unicode-bidi:plaintext}
del{color:var(--faint)}mark{color:inherit;border-radius:3px;padding:1px 2px}
mark.lost{background:color-mix(in srgb,var(--hue-2) 38%,transparent)}
mark.missed{background:color-mix(in srgb,var(--hue-1) 34%,transparent)}
"""


@dataclass(frozen=True, slots=True)
class Runs:
    """One set of cases, cleaned several times.

    Parameters
    ----------
    chosen
        As the user asked for: what tables, plots by group and errors are made from.
    open
        At a threshold close to 0: what the curves are drawn from.
    profiles
        By profile.

    Examples
    --------
    >>> Runs([], [], {}).profiles
    {}
    """

    chosen: Sequence[Outcome]
    open: Sequence[Outcome]
    profiles: Mapping[str, Sequence[Outcome]]


def write_report(folder: Path, runs: Runs, *, title: str) -> Path:
    """Write the report of an evaluation.

    Parameters
    ----------
    folder
        Where to; made where it is missing.
    runs
        The cases with their results.
    title
        What was measured, such as the model's name.

    Returns
    -------
    Path
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / FILE_NAME
    page.write_text(render(runs, title=title), "utf-8")
    return page


def render(runs: Runs, *, title: str) -> str:
    """Return the report as HTML that needs no other file and no network."""
    sections = [
        _section("Operating points", _profiles(runs)),
        _section("Curves", _pair(_curve(runs), _reliability(runs))),
        _section("Restored, by group", _by_group(runs)),
        _section("Clean documents altered", _altered(runs)),
        _section("Categories", _card(_categories(runs))),
        _section("The commonest errors by kind", _kinds(runs)),
        _section("The worst errors in their context", _errors(runs)),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{_PAGE_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>{_summary(runs)}</p>{''.join(sections)}</main></body></html>\n"
    )


def _summary(runs: Runs) -> str:
    """Say in a sentence what was measured."""
    measures = tabulate(runs.chosen)["all"]
    return (
        f"{number(measures['contaminated'])} polluted and {number(measures['clean'])} clean documents. "
        f"{number(measures['restored'])} of the polluted come back to the byte, "
        f"{number(measures['altered'])} of the clean are altered."
    )


def _section(title: str, content: str) -> str:
    """Put a heading above some content."""
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _card(content: str) -> str:
    """Frame some content."""
    return f'<div class="card wide">{content}</div>'


def _pair(*contents: str) -> str:
    """Put framed contents side by side where there is room."""
    return f'<div class="pair">{"".join(map(_card, contents))}</div>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], n_texts: int = 1) -> str:
    """Return a table of cells that are HTML already; the last ``n_texts - 1`` columns are texts too."""
    kinds = ["", *[""] * (len(head) - n_texts), *[' class="text"'] * (n_texts - 1)]
    lines = ["".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in rows]
    named = "".join(f"<th{kind}>{escape(name)}</th>" for kind, name in zip(kinds, head, strict=True))
    return _card(f"<table><tr>{named}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>")


def _profiles(runs: Runs) -> str:
    """Tabulate the measures of the run that was asked for and of both profiles."""
    named = {"this run": runs.chosen, **runs.profiles}
    rows = []
    for name, outcomes in named.items():
        measures = tabulate(outcomes)["all"]
        rows.append([escape(name), *(number(measures[one]) for one in _MEASURES)])
    return _table(["", *_MEASURES], rows)


def _curve(runs: Runs) -> str:
    """Draw precision against recall, with the profiles on it."""
    marks = []
    for name, outcomes in runs.profiles.items():
        measures = tabulate(outcomes)["all"]
        if measures["recall"] is not None and measures["precision"] is not None:
            marks.append(Mark(name, measures["recall"], measures["precision"]))
    points = precision_recall(runs.open)
    lows = [min((point[i] for point in points), default=0) for i in (0, 1)]
    ranges = [(max(0.0, min(0.9, int(low * 10) / 10)), 1.0) for low in lows]
    axes = Axes("recall, spam characters", "precision", *ranges)
    return line_plot([Curve("", points)], title="Precision and recall", axes=axes, marks=marks)


def _reliability(runs: Runs) -> str:
    """Draw the share of spam against the score, and how many spans have it."""
    bins = reliability(runs.open)
    points = [(one.mean_score, one.share_right) for one in bins if one.n_spans]
    curves = [Curve("as it should be", [(0, 0), (1, 1)], dashed=True), Curve("as it is", points)]
    title = f"Reliability: calibration error {number(calibration_error(bins))}"
    axes = Axes("score", "share that is spam")
    marks = [Mark("", *point) for point in points]
    counts = [(f"{one.low:g}", one.n_spans) for one in bins]
    return line_plot(curves, title=title, axes=axes, marks=marks, size=(520, 300)) + histogram(
        counts, title="Spans by score"
    )


def _by_group(runs: Runs) -> str:
    """Draw the share of restored documents by each grouping, the weakest first."""
    polluted = [outcome for outcome in runs.chosen if outcome[0].contaminated]
    charts = [
        bar_chart(_bars(polluted, key, "restored", "contaminated"), title=f"Restored by {title}", most=1)
        for key, title in _GROUPS.items()
    ]
    left = "".join(map(_card, charts[:-1]))
    return f'<div class="pair"><div class="stack">{left}</div>{_card(charts[-1])}</div>'


def _bars(outcomes: Sequence[Outcome], key: str, measure: str, count: str) -> list[Bar]:
    """Make a bar for each group, in order of length or of the measure."""
    rows = {
        name.partition("=")[2]: row
        for name, row in tabulate(outcomes, [key]).items()
        if name.startswith(key + "=")
    }
    bars = [Bar(name, (row[measure],), f"of {number(row[count])}") for name, row in rows.items()]
    if key == "length":
        return sorted(bars, key=lambda bar: _LENGTH_ORDER.index(bar.name))
    return sorted(bars, key=lambda bar: (bar.values[0] or 0, bar.name))


def _altered(runs: Runs) -> str:
    """Draw the share of altered documents by sort and by language."""
    clean = [outcome for outcome in runs.chosen if not outcome[0].contaminated]
    charts = []
    for key, title in (("pattern", "sort of document"), ("lang", "language")):
        bars = _bars(clean, key, "altered", "clean")[::-1]
        charts.append(bar_chart(bars, title=f"Altered by {title}"))
    return _pair(*charts)


def _categories(runs: Runs) -> str:
    """Draw which category the ads were reported as."""
    columns, counts = confusion(runs.chosen)
    found = sum(sum(row[:-1]) for row in counts)
    right = sum(row[i] for i, row in enumerate(counts))
    share = f": {number(right / found)} of those found are right" if found else ""
    return matrix(CATEGORIES, columns, counts, title=f"Category of an ad (rows) and as reported{share}")


def _kinds(runs: Runs) -> str:
    """Tabulate the errors by kind, with one of each."""
    errors = [error for outcome in runs.chosen for error in errors_of(*outcome)]
    outcomes = {id(case): (case, result) for case, result in runs.chosen}
    rows = [
        [
            escape(count.kind),
            number(count.n_errors),
            number(count.n_documents),
            number(count.n_chars),
            in_context(count.example, outcomes[id(count.example.case)], context_chars=24),
        ]
        for count in commonest(errors)
    ]
    return _table(["kind", "errors", "documents", "characters", "for example"], rows, n_texts=2)


def _errors(runs: Runs) -> str:
    """Show the worst errors, lost genuine text first."""
    shown = [
        "<p>Struck: rightly removed. <mark class='lost'>Lost</mark>: genuine text that was removed. "
        "<mark class='missed'>Missed</mark>: spam that was left.</p>"
    ]
    for error, outcome in worst(runs.chosen, N_WORST):
        named = [error.case.name, *(str(value) for value in error.case.groups.values() if value)]
        head = f"{'lost' if error.lost else 'missed'} · {error.kind} · {' · '.join(named)}"
        context = f'<div dir="auto">{in_context(error, outcome)}</div>'
        shown.append(f'<div class="error"><small>{escape(head)}</small>{context}</div>')
    return "".join(shown)

"""The report of a training: candidate against base on one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from spamguard.cleaner import Guard
from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Outcome
from spamguard.learning.mistakes import errors_of
from spamguard.learning.proof.changes import CHANGES_NAME, state_of, worst_first, write_changes
from spamguard.learning.proof.comparison import Change, Comparison
from spamguard.learning.report.contexts import in_context
from spamguard.learning.report.curves import calibration_error, precision_recall, reliability
from spamguard.learning.report.drawing import STYLE, Axes, Point, escape, number
from spamguard.learning.report.plots import Curve, line_plot
from spamguard.result import CleanResult

FILE_NAME = "index.html"
# Spans from this score on are what curves are drawn from.
OPEN_THRESHOLD = 0.02
_MOST_CHANGES = 40
_PAGE_STYLE = """
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:36px 24px 80px}h1{font-size:24px}
h2{font-size:17px;margin-top:40px}
.card{background:var(--surface);border:1px solid var(--grid);border-radius:10px;padding:18px 20px;
margin:0 0 14px;overflow-x:auto;word-break:break-word}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:18px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:5px 18px 5px 0;text-align:right;border-bottom:1px solid var(--grid)}
th:first-child,td:first-child{text-align:left}small{color:var(--soft);display:block}
del{color:var(--faint)}mark{color:inherit;border-radius:3px;padding:1px 2px}
mark.lost{background:color-mix(in srgb,var(--hue-2) 38%,transparent)}
mark.missed{background:color-mix(in srgb,var(--hue-1) 34%,transparent)}
"""


def write_report(
    folder: Path,
    title: str,
    proof: Mapping[str, Comparison],
    refused: Sequence[str],
    plots: Sequence[str] = (),
) -> Path:
    """Write the report.

    Parameters
    ----------
    folder
        Where to; made where it is missing.
    title
        What was trained, such as the model's id.
    proof, refused
        From :func:`spamguard.learning.proof.gate.prove` and ``refusals``.
    plots
        SVG elements, such as :func:`curves` and :func:`learning_curve` give.

    Returns
    -------
    Path
        The page; every changed decision stands in ``changes.jsonl`` beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_changes(folder / CHANGES_NAME, proof)
    page = folder / FILE_NAME
    page.write_text(render(title, proof, refused, plots), "utf-8")
    return page


def render(
    title: str, proof: Mapping[str, Comparison], refused: Sequence[str], plots: Sequence[str] = ()
) -> str:
    """Return the report as HTML that needs no other file and no network."""
    gate = [f"refused: {fault}" for fault in refused] or ["the gate is open: no floor falls"]
    sections = [f'<div class="card">{"<br>".join(map(escape, gate))}</div>']
    sections.append(f'<div class="pair">{"".join(_card(plot) for plot in plots)}</div>')
    for name, comparison in proof.items():
        if comparison.n_cases:
            sections.append(f"<h2>{escape(name)}: {comparison.n_cases:,} texts</h2>{_table(comparison)}")
    ranked = worst_first(proof)
    n_shown = min(len(ranked), _MOST_CHANGES)
    sections.append(
        f"<h2>Changed decisions, worst first</h2><p>{n_shown:,} of {len(ranked):,}; all are in "
        f"{CHANGES_NAME}. Struck: rightly removed. <mark class='lost'>Lost</mark>: "
        "genuine text that is removed. <mark class='missed'>Missed</mark>: spam that is left.</p>"
    )
    sections += [_change(name, change) for name, change in ranked[:_MOST_CHANGES]]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{_PAGE_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{''.join(sections)}</main></body></html>\n"
    )


def _card(content: str) -> str:
    """Frame some content."""
    return f'<div class="card">{content}</div>'


def _table(comparison: Comparison) -> str:
    """Tabulate the figures of both models."""
    rows = ["<tr><th></th><th>base</th><th>candidate</th><th>difference</th><th>95 % interval</th></tr>"]
    for name, one in comparison.figures.items():
        cells = [number(one.base), number(one.candidate), f"{one.difference:+g}"]
        cells.append(f"{one.low:+g} to {one.high:+g}")
        rows.append(f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return _card(f"<table>{''.join(rows)}</table>")


def _change(name: str, change: Change) -> str:
    """Show a change: what was wrong before, and what is wrong now."""
    before, after = (_in_context(change.case, result) for result in (change.before, change.after))
    head = escape(f"{state_of(change)} · {name} · {change.case.name}")
    return _card(f"<small>{head}</small><div>before: {before}</div><div>now: {after}</div>")


def _in_context(case: Case, result: CleanResult) -> str:
    """Return what is wrong with a result, in its context."""
    errors = errors_of(case, result)
    return in_context(errors[0], (case, result)) if errors else "right"


def curves(base: Guard, candidate: Guard, cases: Sequence[Case], title: str) -> list[str]:
    """Draw precision against recall and reliability of both models; nothing without polluted cases.

    Parameters
    ----------
    base, candidate
        The models.
    cases
        What they are drawn from.
    title
        Name of the cases.
    """
    if not any(case.contaminated for case in cases):
        return []
    runs = {name: _open(guard, cases) for name, guard in (("base", base), ("candidate", candidate))}
    lines = [Curve(name, precision_recall(outcomes)) for name, outcomes in runs.items()]
    points = [point for line in lines for point in line.points]
    bins = {name: reliability(outcomes) for name, outcomes in runs.items()}
    scores = [
        Curve(name, [(one.mean_score, one.share_right) for one in mine if one.n_spans])
        for name, mine in bins.items()
    ]
    error = number(calibration_error(bins["candidate"]))
    return [
        line_plot(lines, title=f"{title}: precision and recall", axes=_axes_around(points)),
        line_plot(
            [Curve("as it should be", [(0, 0), (1, 1)], dashed=True), *scores],
            title=f"{title}: calibration error now {error}",
            axes=Axes("score", "share that is spam"),
        ),
    ]


def _open(guard: Guard, cases: Sequence[Case]) -> list[Outcome]:
    """Clean cases at a threshold close to 0."""
    results = guard.clean_many((case.text for case in cases), threshold=OPEN_THRESHOLD)
    return list(zip(cases, results, strict=True))


def _axes_around(points: Iterable[Point]) -> Axes:
    """Choose ranges that the curves fill."""
    found = list(points)
    lows = [min((point[i] for point in found), default=0.0) for i in (0, 1)]
    ranges = [(max(0.0, min(0.9, int(low * 10) / 10)), 1.0) for low in lows]
    return Axes("recall, spam characters", "precision", *ranges)


def learning_curve(points: Sequence[Point]) -> str:
    """Draw recall on held-out labels against the number of labels learnt from.

    Parameters
    ----------
    points
        Pairs of labels and recall, ascending, the base's at 0 labels first.
    """
    most = max((count for count, _ in points), default=1.0)
    axes = Axes("labels learnt from", "recall on held-out labels", x_range=(0, max(most, 1.0)))
    return line_plot([Curve("", list(points))], title="Learning curve", axes=axes)

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import spamguard
from spamguard.learning.cases import Case
from spamguard.learning.proof.changes import CHANGES_NAME
from spamguard.learning.proof.comparison import Change, Comparison, Figure
from spamguard.learning.proof.report import FILE_NAME, curves, learning_curve, write_report
from spamguard.result import CleanResult
from spamguard.spans import Span

AD, ARTICLE = "爱上海同城419论坛", "The council <b>met</b> on Monday.\nIt voted for the new budget.\n"
CASE = Case("one", f"{AD}\n{ARTICLE}", ARTICLE, ((0, len(AD)),), {"pattern": "own_line"})


def test_the_page_holds_figures_plots_and_changes_and_runs_nothing(
    tmp_path: Path, guard: spamguard.Guard
) -> None:
    change = Change(CASE, CleanResult(ARTICLE), CleanResult(CASE.text), 4.0)
    figure = Figure(0.81234, 0.5, -0.4, -0.2)
    proof = {"floor set": Comparison(1, {"restored": figure}, {}, [change])}
    plots = [*curves(guard, guard, [CASE], "floor set"), learning_curve([(0.0, 0.5), (25.0, 0.95)])]
    page = write_report(tmp_path / "report", "candidate-1", proof, ["restored falls"], plots)
    html = page.read_text("utf-8")
    assert page.name == FILE_NAME
    assert html.count("<svg") == 3
    assert "refused: restored falls" in html
    assert "no longer right" in html
    assert AD in html
    assert "0.812" in html
    assert "<script" not in html
    assert "<b>met</b>" not in html


def test_every_changed_decision_is_listed_worst_first(tmp_path: Path) -> None:
    cases = [replace(CASE, name=str(number), text=f"{CASE.text}{number} \ud83d") for number in range(60)]
    changes = [
        Change(
            case,
            CleanResult(ARTICLE),
            CleanResult(case.text, (Span(0, 2, AD[:2], 0.9, "services"),)),
            float(number),
        )
        for number, case in enumerate(cases)
    ]
    proof = {
        "floor set": Comparison(60, {}, {}, changes),
        "hard negatives": Comparison(1, {}, {}, changes[:1]),
    }
    page = write_report(tmp_path, "candidate-1", proof, [])
    lines = [json.loads(line) for line in (tmp_path / CHANGES_NAME).read_text("utf-8").splitlines()]
    assert [line["case"] for line in lines] == [str(number) for number in reversed(range(60))]
    assert lines[0]["text"] == cases[-1].text
    assert lines[0]["spam"] == [{"start": 0, "end": len(AD), "quote": AD}]
    assert (lines[0]["base"], lines[0]["candidate"]) == ([], [{"start": 0, "end": 2, "quote": AD[:2]}])
    assert f"40 of 60; all are in {CHANGES_NAME}" in page.read_text("utf-8")


def test_without_polluted_cases_there_are_no_curves(guard: spamguard.Guard) -> None:
    assert curves(guard, guard, [Case("1", ARTICLE, ARTICLE)], "held-out labels") == []

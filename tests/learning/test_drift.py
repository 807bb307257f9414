from __future__ import annotations

import json
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.drift import Month, advice, month_of, months, plot


def report(folder: Path, name: str, *spans: tuple[str, float, str]) -> Path:
    """Write a report as `spamguard clean --report` does."""
    path = folder / name
    lines = [
        json.dumps(
            {"file": "a.txt", "start": 0, "end": 2, "text": text, "score": score, "category": category}
        )
        for text, score, category in spans
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_months_are_told_apart_and_what_is_new_is_counted(tmp_path: Path) -> None:
    paths = [
        report(
            tmp_path, "removed-2026-10-03.jsonl", ("buy pills", 0.99, "pharma"), ("casino", 0.9, "gambling")
        ),
        report(
            tmp_path, "removed-2026-11-01.jsonl", ("BUY pills!", 0.98, "pharma"), ("zorvex", 0.7, "other")
        ),
    ]
    first, second = months(paths[::-1], 0.65)
    assert (first.name, first.n_spans, first.share_new, first.share_near) == ("2026-10", 2, 0.0, 0.0)
    assert (second.share_new, second.share_near) == (0.5, 0.5)
    assert second.categories == {"pharma": 0.5, "other": 0.5}
    assert advice([first, second]).startswith("time to label: doubtful scores went from 0% to 50%")
    assert plot([first, second]).startswith("<svg")


def test_where_nothing_moves_there_is_no_need(tmp_path: Path) -> None:
    paths = [report(tmp_path, f"2026-{n}.jsonl", ("buy pills", 0.99, "pharma")) for n in (10, 11)]
    assert advice(months(paths, 0.65)) == "nothing moved much: no need to train"
    assert advice(months(paths[:1], 0.65)).startswith("one month")


def drifted(tmp_path: Path, *spans_of_months: list[tuple[str, float, str]]) -> list[Month]:
    """Months with these spans."""
    numbered = enumerate(spans_of_months, start=1)
    return months([report(tmp_path, f"2026-{n:02}.jsonl", *spans) for n, spans in numbered], 0.65)


def test_months_of_new_strings_alone_say_so(tmp_path: Path) -> None:
    spans = [[(f"ad {month} {n}", 0.99, "seo") for n in range(3)] for month in "abc"]
    found = drifted(tmp_path, *spans)
    assert [month.share_new for month in found] == [0.0, 1.0, 1.0]
    assert advice(found) == ("time to label: 100% of what was found are strings that no month before had")
    assert found[1].new_strings == [("ad b 0", 1), ("ad b 1", 1), ("ad b 2", 1)]
    assert found[0].new_strings == []


def test_new_strings_that_grow_are_named_below_the_half_too(tmp_path: Path) -> None:
    old = [("ad", 0.99, "seo")] * 8
    found = drifted(tmp_path, old, old, [*old[:6], ("zorvex", 0.99, "seo"), ("ZORVEX!", 0.99, "seo")])
    assert advice(found) == "time to label: new strings went from 0% to 25%"
    assert found[2].new_strings == [("zorvex", 2)]


@pytest.mark.parametrize("left", [0, 50])
def test_a_fall_in_what_is_found_asks_for_a_look(tmp_path: Path, left: int) -> None:
    ads = [("ad", 0.99, "seo")]
    said = advice(drifted(tmp_path, ads * 100, ads * left))
    assert said.startswith("look at a sample of what was kept")
    assert f"spans went from 100 to {left}; seo went from 100 to {left}" in said


def test_a_category_that_falls_is_named_though_the_others_hold(tmp_path: Path) -> None:
    seo, pharma = [("ad", 0.99, "seo")] * 90, [("pills", 0.99, "pharma")]
    said = advice(drifted(tmp_path, seo + pharma * 20, seo + pharma * 5))
    assert said.endswith(": pharma went from 20 to 5")


def test_a_number_that_doubles_is_named_and_small_ones_are_chance(tmp_path: Path) -> None:
    ads = [("ad", 0.99, "seo")]
    assert advice(drifted(tmp_path, ads * 20, ads * 40)) == "time to label: spans went from 20 to 40"
    assert advice(drifted(tmp_path, ads * 4, ads * 9)) == "nothing moved much: no need to train"
    assert advice(drifted(tmp_path, ads * 9, ads * 4)) == "nothing moved much: no need to train"


def test_a_month_is_held_against_all_before_it(tmp_path: Path) -> None:
    sure, unsure = ("ad", 0.99, "seo"), ("ad", 0.7, "seo")
    slowly = [[sure] * (20 - n) + [unsure] * n for n in (0, 1, 2, 4)]
    assert advice(drifted(tmp_path, *slowly)) == "time to label: doubtful scores went from 5% to 20%"


def test_records_and_files_with_faults_are_passed_over(tmp_path: Path) -> None:
    path = report(tmp_path, "2026-10.jsonl", ("ad", 0.9, "seo"))
    with path.open("a") as lines:
        lines.write('{"file": "a.jsonl", "record": 2, "fault": "not JSON"}\n')
        lines.write('{"file": "b.gz", "fault": "damaged"}\n')
    assert [month.n_spans for month in months([path], 0.65)] == [1]


def test_a_report_without_a_date_is_of_the_month_it_was_written(tmp_path: Path) -> None:
    path = report(tmp_path, "removed.jsonl", ("a", 0.9, "other"))
    assert len(month_of(path)) == 7


@pytest.mark.parametrize(
    "line",
    [
        "x",
        '{"text": "x", "score": 1}',
        '{"text": "x", "score": "1", "category": "other"}',
        '{"text": "x", "score": 1, "category": "fun"}',
        '{"text": "x", "score": 99, "category": "other"}',
        '{"text": "x", "score": NaN, "category": "other"}',
    ],
)
def test_a_line_that_is_no_span_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "2026-10.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match="line 1"):
        months([path], 0.65)


def test_sure_scores_are_not_near_a_strict_threshold(tmp_path: Path) -> None:
    path = report(tmp_path, "2026-10.jsonl", ("buy pills", 0.99, "pharma"), ("cheap pills", 0.9, "pharma"))
    assert [month.share_near for month in months([path], 0.88)] == [0.5]

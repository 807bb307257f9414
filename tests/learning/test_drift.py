from __future__ import annotations

import json
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.drift import advice, month_of, months, plot


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
    ],
)
def test_a_line_that_is_no_span_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "2026-10.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match="line 1"):
        months([path], 0.65)

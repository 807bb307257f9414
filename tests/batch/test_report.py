from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from spamguard.batch.outcomes import Outcome
from spamguard.batch.report import json_line, outcome_line, report_lines
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span

RESULT = CleanResult("good", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))


@given(st.binary())
def test_a_line_is_one_line_and_survives_undecodable_bytes(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    line = json_line({"text": text})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": text}


def test_any_script_is_readable() -> None:
    assert "上海" in json_line({"text": "上海"}).decode()


def test_the_report_has_a_line_for_each_span() -> None:
    [line] = report_lines(Outcome("a.txt", "cleaned", RESULT))
    expected = {"file": "a.txt", "start": 0, "end": 2, "text": "ad", "score": 0.9, "category": "seo"}
    assert json.loads(line) == expected


def test_the_report_says_nothing_of_files_without_spans() -> None:
    assert not list(report_lines(Outcome("a.txt", "failed", reason="gone")))


def test_an_outcome_has_all_that_undoing_takes() -> None:
    fields = json.loads(outcome_line(Outcome("a.txt", "cleaned", RESULT, "a.cleaned.txt")))
    assert (fields["file"], fields["status"], fields["target"]) == ("a.txt", "cleaned", "a.cleaned.txt")
    assert fields["edits"] == [{"start": 0, "end": 3, "text": "ad "}]

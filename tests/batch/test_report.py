from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from spamguard.batch.outcomes import Fault, Finding, Outcome
from spamguard.batch.report import event_line, json_line, report_lines
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span

RESULT = CleanResult("good", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))
SPAN = {"start": 0, "end": 2, "text": "ad", "score": 0.9, "category": "seo"}


@given(st.binary())
def test_a_line_is_one_line_and_survives_undecodable_bytes(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    line = json_line({"text": text})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": text}


def test_any_script_is_readable() -> None:
    assert "上海" in json_line({"text": "上海"}).decode()


def test_the_report_has_a_line_for_each_span() -> None:
    [line] = report_lines(Finding("a.txt", RESULT))
    assert json.loads(line) == {"file": "a.txt", **SPAN}


def test_a_span_of_a_record_names_the_record_and_the_field() -> None:
    [line] = report_lines(Finding("a.jsonl", RESULT, 7, "meta.text"))
    assert json.loads(line) == {"file": "a.jsonl", "record": 7, "field": "meta.text", **SPAN}


def test_offsets_in_a_stretch_are_offsets_in_the_file() -> None:
    [line] = report_lines(Finding("a.txt", RESULT, 2, offset=100))
    fields = json.loads(line)
    assert (fields["start"], fields["end"]) == (100, 102)


def test_what_is_for_review_says_so() -> None:
    [line] = report_lines(Finding("a.txt", RESULT, is_review=True))
    assert json.loads(line)["review"] is True


def test_faults_stand_in_the_report_and_good_files_do_not() -> None:
    [fault] = report_lines(Fault("a.jsonl", 3, "not JSON"))
    assert json.loads(fault) == {"file": "a.jsonl", "record": 3, "fault": "not JSON"}
    assert list(report_lines(Outcome("a.txt", "failed", reason="gone")))
    assert not list(report_lines(Outcome("a.txt", "cleaned", RESULT)))


def test_an_outcome_has_all_that_undoing_takes() -> None:
    fields = json.loads(event_line(Outcome("a.txt", "cleaned", RESULT, "a.cleaned.txt")))
    assert (fields["file"], fields["status"], fields["target"]) == ("a.txt", "cleaned", "a.cleaned.txt")
    assert fields["edits"] == [{"start": 0, "end": 3, "text": "ad "}]

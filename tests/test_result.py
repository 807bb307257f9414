from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spamguard.errors import ResultError
from spamguard.result import CleanResult, restore
from spamguard.seams import Edit
from spamguard.spans import CATEGORIES, Span

# High before low surrogates included: they are two characters, not one.
TEXT = st.text(st.one_of(st.sampled_from('\ud83d\ude00"\\\n\u2028\0'), st.characters()), max_size=20)
RESULT = CleanResult("good", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))


@st.composite
def results(draw: st.DrawFn) -> CleanResult:
    """Any result of any text: spans and edits cover the same stretches."""
    kept = draw(st.lists(TEXT, min_size=1, max_size=5))
    taken = draw(st.lists(TEXT.filter(bool), min_size=len(kept) - 1, max_size=len(kept) - 1))
    spans, edits, at = [], [], 0
    for before, text in zip(kept, taken, strict=False):
        start = at + len(before)
        at = start + len(text)
        score, category = draw(st.floats(0, 1)), draw(st.sampled_from(CATEGORIES))
        spans.append(Span(start, at, text, score, category))
        edits.append(Edit(start, at, text))
    return CleanResult("".join(kept), tuple(spans), tuple(edits))


@given(results())
@example(CleanResult("\ud83d\ude00", (), (Edit(1, 3, "\ud83d\ude00"),)))
def test_a_result_survives_json(result: CleanResult) -> None:
    back = CleanResult.from_json(result.to_json())
    assert back == result
    assert restore(back) == restore(result)


@given(results())
def test_json_is_one_line_of_ascii(result: CleanResult) -> None:
    line = result.to_json()
    assert line.isascii()
    assert len(line.splitlines()) == 1


@given(results())
def test_a_result_survives_its_dictionary(result: CleanResult) -> None:
    assert CleanResult.from_dict(result.to_dict()) == result


def test_the_json_form_is_the_documented_one() -> None:
    assert json.loads(RESULT.to_json()) == {
        "text": "good",
        "changed": True,
        "spans": [{"start": 0, "end": 2, "text": "ad", "score": 0.9, "category": "seo"}],
        "edits": [{"start": 0, "end": 3, "text": "ad "}],
    }


def test_fields_around_a_result_do_not_hinder_reading_it() -> None:
    line = json.dumps({"file": "a.txt", **RESULT.to_dict(), "model": "default-1"})
    assert CleanResult.from_json(line) == RESULT


def test_an_unchanged_text_is_its_own_original() -> None:
    result = CleanResult("good")
    assert not result.changed
    assert restore(result) == "good"


def changed(**fields: object) -> dict[str, Any]:
    """A good result's dictionary with other fields at the top."""
    return RESULT.to_dict() | fields


def with_span(**fields: object) -> dict[str, Any]:
    """A good result's dictionary with other fields in its span."""
    return changed(spans=[RESULT.to_dict()["spans"][0] | fields])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "good", "spans": []}, "edits"),
        (changed(text=5), "text must be a string, got int"),
        (changed(text=["go", 5]), "text must be a string, got list"),
        (changed(spans=None), "not a cleaning result"),
        (changed(edits=[[0, 3, "ad "]]), "not a cleaning result"),
        (with_span(colour="red"), "colour"),
        (changed(edits=[{"start": 0, "end": 3}]), "text"),
        (changed(edits=[{"start": "0", "end": 3, "text": "ad "}]), "whole numbers"),
        (changed(edits=[{"start": 0.0, "end": 3, "text": "ad "}]), "whole numbers"),
        (changed(edits=[{"start": 3, "end": 3, "text": ""}]), "0 <= start < end"),
        (changed(edits=[{"start": -1, "end": 3, "text": "ad "}]), "0 <= start < end"),
        (changed(edits=[{"start": 0, "end": 3, "text": None}]), "a text"),
        (with_span(category="politics"), "category must be one of adult, "),
        (with_span(score=1.5), "from 0 to 1"),
        (with_span(score=float("nan")), "from 0 to 1"),
        (with_span(score="high"), "from 0 to 1"),
    ],
)
def test_what_is_no_result_is_refused_with_what_is_wrong(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ResultError, match=message):
        CleanResult.from_json(json.dumps(fields))


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '"good"', "null", "[" * 100_000, f'{{"text": {"9" * 5_000}}}', "\ud800"]
)
def test_what_is_no_json_object_is_refused(line: str) -> None:
    with pytest.raises(ResultError):
        CleanResult.from_json(line)


def test_edits_that_do_not_fit_the_text_restore_nothing() -> None:
    with pytest.raises(ResultError, match="edit 0"):
        restore(CleanResult("good", (), (Edit(5, 6, "a"),)))

"""Request bodies are read strictly, answers come back as they were, to the code point."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard import CleanResult, Edit, Span
from spamguard.service.problems import ProblemError
from spamguard.service.wire import CleanReply, CleanRequest, read_clean_request, write_json

ANY_TEXT = st.text(st.characters())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=10,
)


def refusal(body: bytes, max_text_chars: int = 1_000) -> ProblemError:
    """The problem that a body is answered with."""
    with pytest.raises(ProblemError) as caught:
        read_clean_request(body, max_text_chars)
    return caught.value


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_text_is_read_as_json_means_it(text: str) -> None:
    body = json.dumps({"text": text}).encode()
    assert read_clean_request(body, 1_000).text == json.loads(body)["text"]


@pytest.mark.parametrize("text", ["", "\ud800", "a\udfffb", "\x00\r\n\x7f", "\ufeff", "👩‍👩‍👧 ok"])
def test_odd_texts_are_read_as_they_are(text: str) -> None:
    assert read_clean_request(json.dumps({"text": text}).encode(), 1_000).text == text


def test_options_are_read() -> None:
    request = read_clean_request(b'{"text": "", "threshold": 1, "profile": "corpus"}', 10)
    assert (request.threshold, request.profile) == (1.0, "corpus")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON at character 0"),
        (b"text=hello", "not JSON at character 0"),
        (b'{"text": "a"', "not JSON at character 12"),
        (b'{"text": "a"} {}', "not JSON at character 14"),
        (b'{"text": "a\nb"}', "not JSON at character 11"),
        (b'\xef\xbb\xbf{"text": "a"}', "not JSON at character 0"),
        (b'{"text": "a\xff"}', "not UTF-8 at byte 11"),
        (b'{"text": "\xed\xa0\x80"}', "not UTF-8 at byte 10"),
        ('{"text": "a"}'.encode("utf-16"), "not UTF-8 at byte 0"),
        (b'{"text": "a", "threshold": NaN}', "holds NaN"),
        (b'{"text": "a", "threshold": -Infinity}', "holds NaN"),
        (b'{"text": "a", "threshold": ' + b"9" * 5_000 + b"}", "too many digits"),
        (b'{"text": "a", "text": "b"}', "a field twice"),
        (b'{"text": ' + b"[" * 500_000, "nested too deeply"),
        (b'{"a":' * 500_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_a_400_that_says_where(body: bytes, said: str) -> None:
    problem = refusal(body)
    assert (problem.status, problem.kind) == (400, "bad-json")
    assert said in problem.detail


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"null", "#"),
        (b'["text"]', "#"),
        (b'"text"', "#"),
        (b"{}", "#/text"),
        (b'{"text": null}', "#/text"),
        (b'{"text": 5}', "#/text"),
        (b'{"text": ["a"]}', "#/text"),
        (b'{"text": {"a": "b"}}', "#/text"),
        (b'{"text": "a", "more": 1}', "#"),
        (b'{"text": "a", "threshold": 1.01}', "#/threshold"),
        (b'{"text": "a", "threshold": 1e999}', "#/threshold"),
        (b'{"text": "a", "threshold": "0.5"}', "#/threshold"),
        (b'{"text": "a", "threshold": true}', "#/threshold"),
        (b'{"text": "a", "profile": "censor"}', "#/profile"),
    ],
)
def test_a_wrong_field_is_a_422_that_points_at_it(body: bytes, pointer: str) -> None:
    problem = refusal(body)
    assert (problem.status, problem.kind) == (422, "invalid-request")
    assert [fault.pointer for fault in problem.faults] == [pointer]


def test_all_wrong_fields_are_named_at_once() -> None:
    faults = refusal(b'{"threshold": 2, "profile": 3}').faults
    assert {fault.pointer for fault in faults} == {"#/text", "#/threshold", "#/profile"}


def test_the_text_limit_counts_code_points() -> None:
    assert read_clean_request(json.dumps({"text": "😀" * 10}).encode(), 10).text == "😀" * 10
    problem = refusal(json.dumps({"text": "a" * 11}).encode(), 10)
    assert (problem.status, problem.kind) == (413, "text-too-long")
    assert problem.detail == "The text may have 10 characters, and has 11"


def is_read_or_refused(body: bytes) -> bool:
    """Whether a body leads to a request or to a fault of the caller's, and to nothing else."""
    try:
        return isinstance(read_clean_request(body, 1_000), CleanRequest)
    except ProblemError as problem:
        return problem.status in (400, 422)


@settings(deadline=None)
@given(JSON_VALUES)
def test_any_json_value_is_read_or_refused(value: object) -> None:
    assert is_read_or_refused(json.dumps(value).encode())


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert is_read_or_refused(body)


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_refusal_quotes_the_body(text: str) -> None:
    secret = f"Zwiebelfisch{text}"
    for body in ({"text": [secret]}, {secret: ""}, {"text": "", "profile": secret}, [secret]):
        problem = refusal(json.dumps(body).encode())
        said = [problem.detail, *(f"{fault.pointer} {fault.detail}" for fault in problem.faults)]
        assert "Zwiebelfisch" not in " ".join(said)


def test_a_reply_is_ascii_and_has_the_documented_fields() -> None:
    result = CleanResult("\ud800好", (Span(0, 2, "广告", 0.9, "other"),), (Edit(0, 3, "广告 "),))
    written = write_json({**result.to_dict(), "model": "default-1"})
    assert written.isascii()
    reply = json.loads(written)
    assert reply == {**result.to_dict(), "model": "default-1"}
    assert CleanReply.model_validate(reply).text == "\ud800好"

from __future__ import annotations

import json

import pytest

from spamguard.campaigns.from_report import campaigns_of_report
from spamguard.errors import InputError

LINE = {
    "file": "a.txt",
    "start": 4,
    "end": 15,
    "text": "cheap pills QQ803351947",
    "score": 0.9,
    "category": "pharma",
}


def lines(*files: str) -> list[bytes]:
    """A report with the ad in some files."""
    return [json.dumps(LINE | {"file": name}).encode() for name in files]


def test_the_same_string_in_many_files_is_a_campaign() -> None:
    [found] = campaigns_of_report(lines("a.txt", "a.txt", "b.txt", "c.txt"))
    assert (found.verdict, found.n_spans, found.n_documents, found.last) == ("campaign", 4, 3, "c.txt")
    assert [one.value for one in found.contacts] == ["803351947"]


def test_two_files_are_too_few() -> None:
    assert campaigns_of_report(lines("a.txt", "b.txt")) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "line 2: not UTF-8 JSON"),
        (b"[" * 100_000, "line 2: not UTF-8 JSON"),
        (b"[]", "line 2: must be a JSON object"),
        (b"{}", "fields 'file' and 'text'"),
        (json.dumps(LINE | {"score": 2}).encode(), "field 'score'"),
        (json.dumps(LINE | {"category": "news"}).encode(), "field 'category'"),
    ],
)
def test_a_line_that_is_no_report_is_named(line: bytes, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        campaigns_of_report([*lines("a.txt"), line])

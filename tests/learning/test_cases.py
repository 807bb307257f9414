from __future__ import annotations

import json
from pathlib import Path

import pytest

from spamguard.errors import InputError
from spamguard.learning.cases import read_cases

GOOD = {
    "id": "1",
    "lang": "en",
    "family": "seo",
    "pattern": "prefix",
    "text": "ad good",
    "clean": "good",
    "spans": [[0, 2]],
}


def written(folder: Path, *lines: object) -> Path:
    """A cases file."""
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_cases_are_read_with_their_groups(tmp_path: Path) -> None:
    [case, clean] = read_cases(written(tmp_path, GOOD, GOOD | {"spans": [], "family": None}))
    assert case.spans == ((0, 2),)
    assert case.groups == {"family": "seo", "pattern": "prefix", "lang": "en"}
    assert not clean.contaminated


def test_gold_spans_that_touch_are_one(tmp_path: Path) -> None:
    [case] = read_cases(written(tmp_path, GOOD | {"spans": [[1, 3], [0, 1]]}))
    assert case.spans == ((0, 3),)


def test_the_category_is_read_where_it_is_known(tmp_path: Path) -> None:
    [case] = read_cases(written(tmp_path, GOOD | {"category": "seo"}))
    assert case.groups["category"] == "seo"


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_named_with_file_and_line(tmp_path: Path, field: str) -> None:
    path = written(tmp_path, GOOD, {key: value for key, value in GOOD.items() if key != field})
    with pytest.raises(InputError, match=rf"cases\.jsonl, line 2: field '{field}' is missing"):
        list(read_cases(path))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 1),
        ("clean", None),
        ("lang", 3),
        ("spans", {}),
        ("spans", [[0]]),
        ("spans", [[2, 2]]),
        ("spans", [[-1, 2]]),
        ("spans", [[0, 8]]),
        ("spans", [[0, True]]),
        ("spans", [["0", "1"]]),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(InputError, match=f"line 1: field '{field}'"):
        list(read_cases(written(tmp_path, GOOD | {field: value})))


def test_what_is_no_json_object_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1: a case is a JSON object, got list"):
        list(read_cases(written(tmp_path, [])))
    (tmp_path / "cases.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(InputError, match="line 1: not UTF-8 JSON"):
        list(read_cases(tmp_path / "cases.jsonl"))

"""Label Studio's files as it writes them, texts in fields of any name, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.learning.labels.samples import AD, END, LABELS, START, SUFFIX, TEXT, UNITS, spans_of, write

from spamguard.errors import InputError
from spamguard.learning.labels.formats import FORMATS, guess, written_as
from spamguard.learning.labels.reading import read_labels


def label_studio_task(start: int, end: int) -> dict[str, object]:
    """Return a task as Label Studio exports it."""
    value = {"start": start, "end": end, "text": AD, "labels": ["SPAM"]}
    result = {"id": "x1", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}
    wrong = {**result, "value": {**value, "start": 0, "end": 1, "text": "😀"}}
    rating = {
        "id": "x2",
        "from_name": "sure",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["y"]},
    }
    return {
        "id": 11,
        "data": {"text": TEXT},
        "annotations": [
            {"id": 2, "completed_by": 1, "was_cancelled": True, "ground_truth": False, "result": [wrong]},
            {
                "id": 3,
                "completed_by": 1,
                "was_cancelled": False,
                "result": [{**result, "value": value}, rating],
            },
        ],
        "predictions": [{"model_version": "v1", "score": 0.9, "result": [wrong]}],
    }


@pytest.mark.parametrize("offsets", [(START, END), UNITS], ids=["code points", "UTF-16"])
def test_label_studio_with_its_cancelled_annotations_and_predictions(
    tmp_path: Path, offsets: tuple[int, int]
) -> None:
    path = write(tmp_path, "project.json", [label_studio_task(*offsets)])
    assert guess(str(path)) == "label-studio"
    assert spans_of(path) == [(START, END, "other")]
    assert len(read_labels([path]).labels) == 1


def test_label_studios_short_form(tmp_path: Path) -> None:
    label = [{"start": START, "end": END, "text": AD, "labels": ["adult"]}]
    path = write(tmp_path, "min.json", [{"id": 1, "text": TEXT, "label": label, "annotator": 1}])
    assert spans_of(path) == [(START, END, "adult")]


@pytest.mark.parametrize("key", ["spam", "Reklame-Stellen"])
def test_label_studios_short_form_calls_the_spans_as_its_tag_is_called(tmp_path: Path, key: str) -> None:
    label = [{"start": START, "end": END, "text": AD, "labels": ["SPAM"]}]
    clean = {"id": 2, "text": "Trains run again.", "annotator": 1, "sure": ["yes"]}
    path = write(tmp_path, "min.json", [clean, {"id": 1, "text": TEXT, key: label, "sure": ["no"]}])
    for name in (None, "label-studio"):
        found = read_labels([path], format_name=name).labels
        assert [one.spans for one in found] == [(), ((START, END),)]


def test_label_studios_short_form_in_which_no_field_holds_spans_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "min.json", [{"id": 1, "text": TEXT, "annotator": 1, "sure": ["yes"]}])
    with pytest.raises(InputError, match="item 0: no field of this file holds spans"):
        read_labels([path])


def test_label_studios_offsets_into_a_page_are_refused_rather_than_dropped(tmp_path: Path) -> None:
    task = json.dumps(label_studio_task(START, END)).replace('"type": "labels"', '"type": "hypertextlabels"')
    with pytest.raises(InputError, match="must be 'labels'"):
        read_labels([write(tmp_path, "project.json", [json.loads(task)])])


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"quick", "feedback", "dataset", "label-studio"}))
def test_the_text_may_stand_in_a_field_of_another_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"labels{SUFFIX.get(name, '.jsonl')}"
    written_as(name, path)(LABELS, path)
    if name == "parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        pq.write_table(table.rename_columns(["content", *table.column_names[1:]]), path)
    else:
        old, new = (b",text,", b",content,") if name == "csv" else (b'"text": ', b'"content": ')
        path.write_bytes(path.read_bytes().replace(old, new))
    with pytest.raises(InputError, match=r"--text-field"):
        read_labels([path], format_name=name)
    back = read_labels([path], text_field="content").labels
    assert [(one.text, one.marks) for one in back] == [(one.text, one.marks) for one in LABELS]


def test_label_studios_text_may_stand_in_a_field_of_another_name(tmp_path: Path) -> None:
    task = label_studio_task(START, END)
    task["data"] = {"content": TEXT}
    path = write(tmp_path, "project.json", [task])
    for field in ("content", "data.content"):
        assert read_labels([path], text_field=field).labels[0].text == TEXT
    with pytest.raises(InputError, match=r"'text' is missing; .*--text-field"):
        read_labels([path])


def test_quick_lines_have_no_field_to_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("spam buy pills", "utf-8")
    with pytest.raises(InputError, match="no field that --text-field"):
        read_labels([tmp_path / "a.txt"], text_field="content")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"[]", "the list is empty"),
        (b'\n{"text": "x", ', "line 2: not UTF-8 JSON: .*column"),
        (b'[{"text": "x"},\n{"text" 3}]', "not UTF-8 JSON: .*line 2, column"),
        (b'{"text": "\xff", "spans": []}', "line 1: not UTF-8 JSON: byte 10 is no UTF-8"),
        (b'{"body": "x", "spans": [], "label": []}', "line 1: field 'text' is missing; .*--text-field"),
        (b'{"body": "x"}', "line 1: field 'text' is missing; .*--text-field"),
        (b"SQLite format 3\x00\x10\x00", "a database, not an export; give the address of the service"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_recognised_says_where_and_why(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=fault):
        read_labels([path])

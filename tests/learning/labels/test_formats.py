"""Round trips, and files as the tools themselves write them, with texts of our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.labels.samples import AD, END, LABELS, START, SUFFIX, TEXT, spans_of, write

from spamguard.errors import InputError
from spamguard.learning.labels.formats import FORMATS, guess, written_as
from spamguard.learning.labels.reading import read_labels
from spamguard.learning.labels.record import Label, Mark
from spamguard.spans import CATEGORIES


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"quick", "feedback"}))
def test_what_is_written_is_read_and_recognised(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"labels{SUFFIX.get(name, '.jsonl')}"
    written_as(name, path)(LABELS, path)
    assert guess(str(path)) == name
    back = read_labels([path])
    assert [(one.text, one.marks) for one in back.labels] == [(one.text, one.marks) for one in LABELS]
    assert not back.repairs
    assert [one.source for one in back.labels] == [one.source for one in LABELS]
    assert [one.id for one in back.labels] == [one.id for one in LABELS]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4), choices=st.randoms(use_true_random=False))
@pytest.mark.parametrize("name", ["native", "doccano", "label-studio", "prodigy", "argilla", "csv"])
def test_any_text_comes_back_from_any_text_format(
    tmp_path_factory: pytest.TempPathFactory, name: str, texts: list[str], choices: object
) -> None:
    labels = []
    for number, text in enumerate(texts):
        start = choices.randrange(len(text))  # type: ignore[attr-defined]
        category = choices.choice(CATEGORIES)  # type: ignore[attr-defined]
        labels.append(Label(text, (Mark(start, len(text), category),), "site", str(number)))
    path = tmp_path_factory.mktemp("labels") / "labels"
    written_as(name, path)(labels, path)
    back = read_labels([path], format_name=name).labels
    assert [one.text for one in back] == texts
    if name not in ("doccano", "argilla", "prodigy"):
        # With quotes the marks are certain; without, odd places in texts of emoji can be read both ways.
        assert [one.marks for one in back] == [one.marks for one in labels]


def test_quick_lines_come_back(tmp_path: Path) -> None:
    labels = [Label(AD, (Mark(0, len(AD)),)), Label("The council met.")]
    path = tmp_path / "labels.txt"
    written_as(None, path)(labels, path)
    back = read_labels([path]).labels
    assert [(one.text, one.marks) for one in back] == [(one.text, one.marks) for one in labels]
    with pytest.raises(InputError, match="as a whole"):
        written_as("quick", path)(LABELS[:1], path)


@pytest.mark.parametrize(
    "record",
    [
        {"id": 1, "text": TEXT, "label": [[START, END, "SPAM"]], "Comments": []},
        {"id": 1, "text": TEXT, "labels": [[START, END, "SPAM"]]},
        {
            "id": 1, "text": TEXT, "relations": [],
            "entities": [{"id": 4, "label": "SPAM", "start_offset": START, "end_offset": END}],
        },
        {"id": 1, "text": TEXT, "annotations": [
            {"label": 7, "start_offset": START, "end_offset": END, "user": 1}
        ]},
    ],
    ids=["export", "labels", "with relations", "first versions"],
)  # fmt: skip
def test_doccano_in_all_its_shapes(tmp_path: Path, record: dict[str, object]) -> None:
    path = write(tmp_path, "all.jsonl", [record])
    assert guess(str(path)) == "doccano"
    assert spans_of(path) == [(START, END, "other")]


def prodigy_record(answer: str, shift: int = 0) -> dict[str, object]:
    """Return a record as Prodigy exports it: its token_end is inclusive."""
    words = [("😀", 0, 1, True), ("Ferry", 2, 7, True), ("news", 8, 12, False), ("\n", 12, 13, False)]
    words += [(AD, START, END, True), ("•", END + 1, END + 2, True)]
    tokens = [
        {"text": text, "start": start + shift, "end": end + shift, "id": i, "ws": ws}
        for i, (text, start, end, ws) in enumerate(words)
    ]
    span = {"start": START + shift, "end": END + shift, "token_start": 4, "token_end": 4, "label": "SPAM"}
    return {
        "text": TEXT, "tokens": tokens, "spans": [span], "answer": answer, "_input_hash": 1, "_task_hash": 2,
        "_view_id": "ner_manual", "meta": {},
    }  # fmt: skip


def test_prodigy_takes_only_what_was_accepted(tmp_path: Path) -> None:
    path = write(
        tmp_path, "p.jsonl", [prodigy_record("reject"), prodigy_record("accept"), prodigy_record("ignore")]
    )
    assert guess(str(path)) == "prodigy"
    assert spans_of(path) == [(START, END, "other")]
    assert len(read_labels([path]).labels) == 1


def test_prodigys_tokens_are_the_quote(tmp_path: Path) -> None:
    reading = read_labels([write(tmp_path, "p.jsonl", [prodigy_record("accept", shift=1)])])
    assert reading.labels[0].quotes == (AD,)
    assert len(reading.repairs) == 1


def argilla_record(**more: object) -> dict[str, object]:
    """Return a record as Argilla's flat list has it."""
    span = {"start": START, "end": END, "label": "SPAM"}
    return {
        "id": "9d5e", "status": "completed", "_server_id": "7a", "text": TEXT, "spans.responses": [[span]],
        "spans.responses.users": ["u1"], "spans.responses.status": ["submitted"],
        "spans.suggestion": [{"start": 0, "end": 1, "label": "SPAM"}], "spans.suggestion.score": None,
        "spans.suggestion.agent": None, **more,
    }  # fmt: skip


def test_argilla_without_its_suggestions(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", [argilla_record()])
    assert guess(str(path)) == "argilla"
    assert spans_of(path) == [(START, END, "other")]


def test_argillas_people_who_agree_are_one_label_and_those_who_do_not_are_two(tmp_path: Path) -> None:
    one = [{"start": START, "end": END, "label": "SPAM"}]
    states = ["submitted", "submitted", "submitted", "draft"]
    record = argilla_record(**{"spans.responses": [one, one, [], [{"start": 0, "end": 2, "label": "SPAM"}]]})
    path = write(tmp_path, "a.json", [{**record, "spans.responses.status": states}])
    assert [len(label.marks) for label in read_labels([path]).labels] == [1, 0]


def test_argillas_records_that_wait_are_passed_over_and_a_file_of_them_alone_is_refused(
    tmp_path: Path,
) -> None:
    waiting = {"id": "1", "status": "pending", "text": "x", "spans.suggestion": []}
    path = write(tmp_path, "a.json", [waiting, argilla_record()])
    assert [one.text for one in read_labels([path]).labels] == [TEXT]
    with pytest.raises(InputError, match="nobody has answered"):
        read_labels([write(tmp_path, "b.json", [waiting])])


def test_a_first_file_of_clean_texts_keeps_the_columns_types(tmp_path: Path) -> None:
    for number, label in enumerate([LABELS[1], LABELS[0]]):
        written_as("parquet", tmp_path)([label], tmp_path / f"{number}.parquet")
    assert [len(label.marks) for label in read_labels([tmp_path]).labels] == [0, 1]


@pytest.mark.parametrize("name", ["csv", "quick", "parquet", "dataset"])
def test_what_a_format_cannot_hold_is_named_before_anything_is_written(tmp_path: Path, name: str) -> None:
    labels = [Label("good", place="a.jsonl, line 1"), Label("a \ud83d lone one", place="a.jsonl, line 2")]
    with pytest.raises(InputError, match="line 2: holds a lone surrogate"):
        written_as(name, tmp_path / "labels")(labels, tmp_path / "labels")
    assert list(tmp_path.iterdir()) == []


def test_two_peoples_labels_of_one_text_stay_two_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    labels = [Label("an ad", marks, "site", "1") for marks in ((), (Mark(3, 5),), (Mark(0, 5),))]
    written_as(None, path)(labels, path)
    assert [one.marks for one in read_labels([path]).labels] == [one.marks for one in labels]


def test_csv_keeps_a_spreadsheet_from_running_cells(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    written_as(None, path)(LABELS, path)
    assert "'=cheap pills now" in path.read_text("utf-8")


def test_csv_of_texts_and_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f'text,label\r\n{AD},spam\r\n"The council, again",ham\r\n', "utf-8")
    assert [label.spans for label in read_labels([path]).labels] == [((0, len(AD)),), ()]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.jsonl", '{"text": "x"}', "format unknown"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": 0}]}', "item 0: field 'end' is missing"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": -1, "end": 1}]}', "whole number from 0, got -1"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": 0, "end": 5}]}', "0 <= start < end <= 1"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": true, "end": 5}]}', "whole number"),
        ("a.jsonl", '{"text": "xy", "spans": [{"start": 0, "end": 1, "quote": "y"}]}', "not the quote"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": 0, "end": 1, "category": "MISC"}]}', "--as MISC="),
        ("a.jsonl", '{"text": "x", "spans": []}\n{"text": 3, "spans": []}', "line 2: field 'text' must be"),
        ("a.jsonl", '{"text": "x", "spans": []}\nnot json', "line 2: not UTF-8 JSON"),
        ("a.jsonl", '{"text": "x", "label": [[1, 2]]}', r"\[start, end, label\]"),
        ("a.jsonl", '{"text": "x", "answer": "maybe", "spans": []}', "accept, reject, ignore"),
        ("a.json", '[{"text": "x", "label": [{"start": 0, "end": 1, "labels": []}]}]', "a label's name"),
        ("a.txt", "spam buy\nhm what", "line 2: a line is spam or ham"),
        ("a.csv", "text,verdict\nx,spam", "line 1: the columns must be"),
        ("a.csv", "text,label\nx,spa", "line 2: field 'label' must be spam or ham"),
        ("a.csv", "text,start,end\nx,one,2", "line 2: field 'start' must be a whole number"),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_by_file_line_and_field(
    tmp_path: Path, name: str, content: str, fault: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=fault) as raised:
        read_labels([path])
    assert name in str(raised.value)


def test_labels_that_mark_no_spam_can_be_left_out_or_renamed(tmp_path: Path) -> None:
    path = write(tmp_path, "all.jsonl", [{"text": TEXT, "label": [[0, 1, "ORG"], [START, END, "Reklame"]]}])
    names = {"ORG": "", "Reklame": "adult"}
    assert read_labels([path], names=names).labels[0].marks == (Mark(START, END, "adult"),)


def test_what_is_no_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data set"):
        read_labels([tmp_path])
    (tmp_path / "a.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(InputError, match="not a data set"):
        read_labels([tmp_path])
    with pytest.raises(InputError, match="no such file"):
        read_labels([tmp_path / "none.jsonl"])


def test_a_name_that_the_hub_does_not_give_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=r"Error: .*nobody/nothing.*owner/name:split"):
        read_labels(["hub:nobody/nothing"])

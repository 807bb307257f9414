from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import spamguard
from spamguard.errors import InputError
from spamguard.learning.labels.queue import choose, read_texts, write_queue
from spamguard.learning.labels.reading import read_labels

CLEAN = "The council met on Monday and voted for the new budget.\nIt passed by nine votes to two."
CAMPAIGN = "Zorvex ripple token, join before dusk"


def fill(folder: Path) -> None:
    """Write a folder of texts, some of one campaign."""
    for n in range(4):
        (folder / f"c{n}.txt").write_text(f"{CLEAN}\nNumber {n} of the series.\n{CAMPAIGN}\n", "utf-8")
    (folder / "other.txt").write_text("Trains run again.\n爱上海同城419论坛\nThey were late.\n", "utf-8")
    (folder / "clean.txt").write_text("The ferry leaves at noon, and takes an hour.", "utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")


def test_a_large_campaign_comes_first_and_the_others_before_its_second_text(
    tmp_path: Path, guard: spamguard.Guard
) -> None:
    fill(tmp_path)
    texts = list(read_texts(tmp_path))
    assert "photo.jpg" not in [text.id for text in texts]
    chosen = choose(texts, guard, 3)
    assert chosen[0].label.id.startswith("c")
    assert chosen[1].label.id == "other.txt"
    assert "4 texts share" in chosen[0].reason
    assert "clean.txt" not in [item.label.id for item in choose(texts, guard, 100)]


@pytest.mark.parametrize("name", ["native", "doccano", "prodigy", "argilla", "label-studio"])
def test_a_queue_is_no_label_until_a_person_has_judged(
    tmp_path: Path, guard: spamguard.Guard, name: str
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    fill(texts)
    path = tmp_path / "queue.jsonl"
    write_queue(choose(list(read_texts(texts)), guard, 5), path, name, guard.model_id)
    for format_name in (name, None):
        with pytest.raises(InputError, match=r"a model marked this|nobody has (judged|answered)"):
            read_labels([path], format_name=format_name)


def judged(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record of a queue as its tool exports it once a person has agreed."""
    if name == "native":
        return {field: value for field, value in record.items() if field != "status"}
    if name == "doccano":
        return {"id": 7, **record, "Comments": []}
    if name == "prodigy":
        return {**record, "answer": "accept"}
    if name == "argilla":
        answers = {"spam.responses": [record["spam.suggestion"]], "spam.responses.status": ["submitted"]}
        return {**record, "status": "completed", **answers}
    return {**record, "id": 7, "annotations": [{"result": record["predictions"][0]["result"]}]}


@pytest.mark.parametrize("name", ["native", "doccano", "prodigy", "argilla", "label-studio"])
def test_a_queue_that_was_judged_is_read_back(tmp_path: Path, guard: spamguard.Guard, name: str) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    fill(texts)
    chosen = choose(list(read_texts(texts)), guard, 5)
    path = tmp_path / "queue.jsonl"
    write_queue(chosen, path, name, guard.model_id)
    content = path.read_text("utf-8")
    if name in ("argilla", "label-studio"):
        path.write_text(json.dumps([judged(name, one) for one in json.loads(content)]), "utf-8")
    else:
        lines = [json.dumps(judged(name, json.loads(line))) for line in content.splitlines()]
        path.write_text("\n".join(lines), "utf-8")
    back = read_labels([path]).labels
    assert [(one.text, one.marks) for one in back] == [(item.label.text, item.label.marks) for item in chosen]


def test_the_source_of_a_text_is_its_subfolder_and_else_not_known(tmp_path: Path) -> None:
    (tmp_path / "site-a" / "old").mkdir(parents=True)
    for place in ("1.txt", "site-a/2.txt", "site-a/old/3.txt"):
        (tmp_path / place).write_text(CLEAN, "utf-8")
    assert [text.source for text in read_texts(tmp_path)] == ["", "site-a", "site-a"]


def test_a_queue_is_not_written_as_what_nobody_judges_in(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="write one of native, doccano"):
        write_queue([], tmp_path / "queue.csv", "csv", "model")


def test_for_label_studio_the_marks_are_the_models_proposal(tmp_path: Path, guard: spamguard.Guard) -> None:
    fill(tmp_path)
    chosen = choose(list(read_texts(tmp_path)), guard, 5)
    path = tmp_path / "queue.json"
    write_queue(chosen, path, "label-studio", guard.model_id)
    assert guard.model_id in path.read_text("utf-8")
    assert '"annotations"' not in path.read_text("utf-8")

from __future__ import annotations

from pathlib import Path

import spamguard
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


def test_a_queue_is_read_back_by_what_reads_labels(tmp_path: Path, guard: spamguard.Guard) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    fill(texts)
    chosen = choose(list(read_texts(texts)), guard, 5)
    path = tmp_path / "queue.jsonl"
    write_queue(chosen, path, "doccano", guard.model_id)
    assert [one.text for one in read_labels([path]).labels] == [item.label.text for item in chosen]


def test_for_label_studio_the_marks_are_the_models_proposal(tmp_path: Path, guard: spamguard.Guard) -> None:
    fill(tmp_path)
    chosen = choose(list(read_texts(tmp_path)), guard, 5)
    path = tmp_path / "queue.json"
    write_queue(chosen, path, "label-studio", guard.model_id)
    assert guard.model_id in path.read_text("utf-8")
    assert '"annotations"' not in path.read_text("utf-8")

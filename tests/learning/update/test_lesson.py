from __future__ import annotations

import random

import pytest

from spamguard.learning.held_out import HeldOut
from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.shipped import shipped
from spamguard.learning.update.lesson import LabelledAds, Lesson, as_document, digest_of, host_of, make_lesson

LABELS = [
    Label("Zorvex token\nThe council met on Monday.\nIt voted late.", (Mark(0, 12, "goods"),), "a", "1"),
    Label("Trains run again from Tuesday, the railway said.", (), "b", "2"),
]


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    """A lesson of two labels."""
    return make_lesson(LABELS, 3)


def test_the_order_of_labels_and_their_copies_change_nothing(lesson: Lesson) -> None:
    assert make_lesson([*LABELS[::-1], LABELS[0]], 3) == lesson
    assert digest_of([*LABELS[::-1], LABELS[0]]) == digest_of(LABELS)


def test_a_label_more_is_another_digest() -> None:
    assert digest_of(LABELS[:1]) != digest_of(LABELS)


def test_a_lesson_holds_the_labels_their_hosts_and_placements_of_their_ads(lesson: Lesson) -> None:
    patterns = [document.pattern for document in lesson.labelled]
    assert as_document(LABELS[0]) in lesson.labelled
    assert host_of(LABELS[0]) in [document.text for document in lesson.labelled if not document.spans]
    assert len(set(patterns) - {"label", "clean"}) > 3
    assert all(document.spans for document in lesson.labelled if document.pattern not in ("clean",))


def test_what_is_kept_holds_nothing_that_a_benchmark_holds_out(lesson: Lesson) -> None:
    held_out = HeldOut.read(shipped("held_out.txt"))
    assert len(lesson.kept) > 1000
    assert all(held_out.allows_article(document.text) for document in lesson.kept)


def test_strings_come_as_they_are_or_disguised_but_never_blank() -> None:
    rng = random.Random(1)
    found = {LabelledAds(["buy pills"]).ad(rng) for _ in range(200)}
    assert "buy pills" in found
    assert len(found) > 5
    assert all(text.strip() for text in found)

from __future__ import annotations

import pytest

from spamguard.learning.labels.checks import (
    CONTRADICTION,
    CUT_CHARACTER,
    CUT_WORD,
    DUPLICATE,
    KINDS,
    MISSING,
    NEAR,
    QUOTA,
    check,
    is_inside_character,
    summary,
)
from spamguard.learning.labels.record import Label, Mark

ARTICLE = (
    "The council voted on Tuesday to extend the harbour ferry's timetable after a trial last autumn drew "
    "twice as many passengers as planned, said Ingrid Solheim, who runs the ferry office by the old pier. "
)


def label(text: str, *marks: Mark, source: str = "", line: int = 1) -> Label:
    """Return a label with a place."""
    return Label(text, marks, source or str(line), "", f"labels.jsonl, line {line}")


def kinds(*labels: Label) -> list[str]:
    """Kinds of findings, without those on the whole set."""
    return [one.kind for one in check(labels) if one.kind not in (MISSING, QUOTA)]


def test_the_same_text_is_a_duplicate_or_a_contradiction() -> None:
    marked = label("ad. good", Mark(0, 3))
    assert kinds(marked, label("ad. good", Mark(0, 3), line=2)) == [DUPLICATE]
    assert kinds(marked, label("ad. good", line=2)) == [CONTRADICTION]


def test_the_same_spans_of_another_category_are_a_contradiction_and_an_unnamed_one_is_not() -> None:
    named = label("ad. good", Mark(0, 3, "pharma"))
    [found] = [
        one for one in check([named, label("ad. good", Mark(0, 3, "seo"), line=2)]) if "line 2" in one.place
    ]
    assert (found.kind, found.detail) == (
        CONTRADICTION,
        "the text of labels.jsonl, line 1, with other categories",
    )
    # Who marks "other" says nothing of the kind.
    assert kinds(named, label("ad. good", Mark(0, 3, "other"), line=2)) == [DUPLICATE]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("👍🏽 ad", [1]),
        ("🇸🇪🇳🇴", [1, 3]),
        ("\u1112\u1161\u11ab\u1100", [1, 2]),
        ("ad\n🇸🇪\n🇳🇴", [4, 7]),
        ("a\r\nb", [2]),
        ("👩\u200d🔬 a", [1, 2]),
        ("", []),
    ],
    ids=["skin tone", "flags", "Hangul in parts", "lines", "line break", "joined", "empty"],
)
def test_all_that_shows_as_one_character_is_whole(text: str, inside: list[int]) -> None:
    assert [n for n in range(len(text) + 1) if is_inside_character(text, n)] == inside


def test_texts_that_differ_by_little_are_near_duplicates_and_others_are_not() -> None:
    other = (
        "Trains to the coast run again from Monday; engineers replaced two kilometres of rail in nine days. "
    )
    found = kinds(label(ARTICLE * 3), label(ARTICLE * 3 + "Corrected.", line=2), label(other * 3, line=3))
    assert found == [NEAR]


def test_spans_that_part_words_or_characters_are_named() -> None:
    assert kinds(label("cheap pills now", Mark(0, 8))) == [CUT_WORD]
    assert kinds(label("cheap 👩‍🔬 now", Mark(0, 7))) == [CUT_CHARACTER]
    assert kinds(label("cheap pills now", Mark(0, 11))) == []
    assert kinds(label("爱上海同城会", Mark(0, 3))) == []


@pytest.mark.parametrize(
    ("text", "parts"), [("e\u0301", True), ("☎\ufe0f", True), ("ab", False), ("\ud83d\ude00", True)]
)
def test_what_shows_as_one_character_has_an_inside(text: str, parts: bool) -> None:
    assert is_inside_character(text, 1) is parts


def test_a_class_of_which_there_is_nothing_is_missing() -> None:
    assert MISSING in [one.kind for one in check([label("good")])]
    assert MISSING in [one.kind for one in check([label("ad", Mark(0, 2))])]
    assert MISSING not in [one.kind for one in check([label("ad good", Mark(0, 2))])]


def test_a_source_over_its_quota_is_named() -> None:
    labels = [label(f"text {n}", source="a" if n < 3 else str(n), line=n) for n in range(5)]
    assert [one.place for one in check(labels) if one.kind == QUOTA] == ["source 'a'"]
    assert not [one for one in check(labels, quota=0.6) if one.kind == QUOTA]


def test_the_table_counts_every_kind_and_names_the_first_places() -> None:
    labels = [label("ad. good", Mark(0, 3), line=n) for n in range(1, 7)]
    rows = summary(check(labels))
    assert [row[0] for row in rows] == list(KINDS)
    count, places = next((count, places) for kind, count, places in rows if kind == DUPLICATE)
    assert count == "5"
    assert places.startswith("labels.jsonl, line 2: the text of labels.jsonl, line 1; ")
    assert places.endswith(" …")

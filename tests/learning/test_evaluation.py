from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Tally, common, evaluate
from spamguard.result import CleanResult
from spamguard.spans import Interval, Span, merge

ENDS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (min(ends), max(ends)))
INTERVALS = st.lists(ENDS).map(merge)


def result(text: str, *spans: Interval) -> CleanResult:
    """A result with these spans."""
    return CleanResult(text, tuple(Span(start, end, "x" * (end - start), 1.0, "seo") for start, end in spans))


@given(INTERVALS, INTERVALS)
def test_common_positions_are_those_of_both(left: list[Interval], right: list[Interval]) -> None:
    def positions(intervals: list[Interval]) -> set[int]:
        return {position for start, end in intervals for position in range(start, end)}

    assert positions(common(left, right)) == positions(left) & positions(right)


def test_measures_are_shares_of_documents_and_of_characters() -> None:
    tally = Tally()
    tally.add(Case("1", "spam good", "good", ((0, 4),)), result("good", (0, 4)))
    tally.add(Case("2", "spam good", "good", ((0, 4),)), result(" good", (0, 2), (6, 8)))
    tally.add(Case("3", "good", "good"), result("good"))
    tally.add(Case("4", "good", "good"), result("go", (2, 4)))
    assert tally.measures() == {
        "contaminated": 2,
        "clean": 2,
        "restored": 0.5,
        "restored~": 1.0,
        "recall": 0.75,
        "precision": 0.6,
        "altered": 0.5,
        "lost": round(1e6 * 4 / 18, 1),
    }


def test_overlapping_reported_spans_count_once() -> None:
    tally = Tally()
    tally.add(Case("1", "spam good", "good", ((0, 4),)), result("good", (0, 3), (1, 4)))
    assert tally.measures()["precision"] == 1.0


def test_nothing_to_measure_gives_no_figure() -> None:
    assert Tally().measures()["restored"] is None


def leave_all(texts: Iterable[str]) -> Iterator[CleanResult]:
    """Clean nothing."""
    return map(CleanResult, texts)


def test_groups_hold_their_cases_and_all_holds_every_one() -> None:
    cases = [
        Case(str(number), "ad good", "good", ((0, 2),), {"lang": lang, "family": None})
        for number, lang in enumerate(["en", "zh", "en"])
    ]
    rows = evaluate(leave_all, cases, by=["lang", "family"]).rows
    assert {group: row["contaminated"] for group, row in rows.items()} == {
        "all": 3,
        "lang=en": 2,
        "lang=zh": 1,
        "family=None": 3,
    }
    assert "MB/s" in rows["all"]


def test_the_first_mistakes_say_what_was_missed_and_what_was_wrong() -> None:
    cases = [Case("right", "good", "good"), Case("missed", "ad good", "good", ((0, 2),))]
    outcome = evaluate(leave_all, [*cases, *cases], n_mistakes=1)
    [mistake] = outcome.mistakes
    assert (mistake.case.name, mistake.missed, mistake.wrong) == ("missed", [(0, 2)], [])

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.hearing import Listener
from spamguard.cleaner import Guard
from spamguard.spans import Span

SURE, SUSPECTED = 0.9, 0.1
SCORES = {"SPAM": 0.95, "ODDS": 0.5, "GOOD": 0.05}


class ScoringDetector:
    """Finds some words, each with a score of its own, and counts what it looks at."""

    model_id = "scores-1"
    manifest: Mapping[str, Any] = {"thresholds": {"newsroom": SURE}}

    def __init__(self) -> None:
        self.n_looks = 0

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Find the words from a score on."""
        self.n_looks += len(texts)
        least = SURE if threshold is None else threshold
        return [
            [
                Span(at, at + 4, text[at : at + 4], SCORES[text[at : at + 4]], "other")
                for at in range(len(text))
                if SCORES.get(text[at : at + 4], -1.0) >= least
            ]
            for text in texts
        ]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say nothing."""
        return [() for _ in spans]


TEXTS = st.lists(st.text("SPAMOD \n", max_size=6) | st.sampled_from([*SCORES, " and "]), max_size=8).map(
    "".join
)


@given(st.lists(TEXTS, max_size=6))
def test_a_hearing_cleans_as_one_pass_does_and_looks_no_oftener(texts: list[str]) -> None:
    alone, heard = ScoringDetector(), ScoringDetector()
    expected = list(Guard(alone).clean_many(texts))
    listener = Listener(Guard(heard), sure=SURE, suspected=SUSPECTED)
    found = listener.hear([(f"{number}.txt", text) for number, text in enumerate(texts)])
    assert [one.result for one in found] == expected
    assert heard.n_looks == alone.n_looks


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_what_is_suspected_stands_in_the_cleaned_text(texts: list[str]) -> None:
    listener = Listener(Guard(ScoringDetector()), sure=SURE, suspected=SUSPECTED)
    for one in listener.hear([(f"{number}.txt", text) for number, text in enumerate(texts)]):
        assert [one.result.text[span.start : span.end] for span in one.suspected] == ["ODDS"] * len(
            one.suspected
        )
        assert len(one.suspected) == one.result.text.count("ODDS")


def test_what_was_found_and_what_is_suspected_are_both_evidence() -> None:
    listener = Listener(Guard(ScoringDetector()), sure=SURE, suspected=SUSPECTED)
    [one, other] = listener.hear([("a.txt", "SPAM It rained.\nODDS"), ("b.txt", "GOOD news.")])
    assert [(seen.text, seen.own_line) for seen in one.sightings] == [("SPAM", False), ("ODDS", True)]
    assert other.sightings == ()
    assert one.company == listener.hear([("c.txt", "SPAM It rained.")])[0].company


@pytest.mark.parametrize("profile", ["newsroom", "corpus"])
def test_the_shipped_model_is_heard_as_it_cleans(profile: str, guard: Guard, polluted: str) -> None:
    texts = [polluted, "It rained all day in the valley, said the mayor.", polluted.upper()]
    expected = list(guard.clean_many(texts, profile=profile))
    listener = Listener(guard, sure=guard.manifest["thresholds"][profile], suspected=0.02)
    assert [one.result for one in listener.hear([("a.txt", text) for text in texts])] == expected

from __future__ import annotations

from spamguard.batch.outcomes import Outcome, Summary
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span


def test_the_summary_counts_files_spans_characters_and_categories() -> None:
    result = CleanResult("good", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))
    summary = Summary()
    summary.add(Outcome("a", "cleaned", result))
    summary.add(Outcome("b", "unchanged", CleanResult("good")))
    summary.add(Outcome("c", "failed", reason="No such file or directory"))
    assert summary.lines() == [
        "3 files: 1 cleaned, 1 unchanged, 1 failed; 1 span removed (3 characters)",
        "by category: seo 1",
    ]


def test_the_summary_of_nothing_says_so() -> None:
    assert Summary().lines() == ["0 files: nothing to do; 0 spans removed (0 characters)"]

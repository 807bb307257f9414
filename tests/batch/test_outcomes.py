from __future__ import annotations

from spamguard.batch.outcomes import Fault, Finding, Outcome, Summary
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span

RESULT = CleanResult("good", (Span(0, 2, "ad", 0.9, "seo"),), (Edit(0, 3, "ad "),))


def test_the_summary_counts_files_spans_characters_and_categories() -> None:
    summary = Summary()
    summary.add(Finding("a", RESULT))
    summary.add(Outcome("a", "cleaned", RESULT, n_documents=1))
    summary.add(Outcome("b", "unchanged", n_documents=1))
    summary.add(Outcome("c", "failed", reason="No such file or directory"))
    assert summary.lines() == [
        "3 files: 1 cleaned, 1 unchanged, 1 failed; 1 span removed (3 characters)",
        "by category: seo 1",
    ]
    assert summary.has_faults


def test_what_was_left_alone_is_counted_apart() -> None:
    summary = Summary()
    summary.add(Finding("a", RESULT, 3, is_review=True))
    summary.add(Fault("a", 4, "not JSON"))
    summary.add(Outcome("a", "unchanged", n_documents=9))
    assert summary.lines()[1:] == [
        "in 9 documents",
        "1 text left alone for review: too much would go",
        "1 record left alone: see above",
    ]
    assert summary.has_faults


def test_the_summary_of_nothing_says_so() -> None:
    assert Summary().lines() == ["0 files: nothing to do; 0 spans removed (0 characters)"]

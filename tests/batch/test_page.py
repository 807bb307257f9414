from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.batch.outcomes import Fault, Finding, Outcome, Summary
from spamguard.batch.page import MAX_SAMPLE_CHARS, SAMPLES_PER_CATEGORY, Tally, page
from spamguard.result import CleanResult
from spamguard.seams import Edit
from spamguard.spans import Span


def finding(name: str, text: str) -> Finding:
    """A text that was spam and nothing else."""
    end = len(text)
    return Finding(name, CleanResult("", (Span(0, end, text, 0.9, "seo"),), (Edit(0, end, text),)))


@given(hostile=st.text(st.sampled_from("<>&\"'/script\u202e\udce9"), min_size=1, max_size=40))
def test_whatever_came_from_a_file_is_escaped(hostile: str) -> None:
    tally = Tally()
    for event in (finding(hostile, hostile), Fault(hostile, 1, hostile), Outcome(hostile, "cleaned")):
        tally.add(event)
    plain = Tally()
    for event in (finding("a", "a"), Fault("a", 1, "a"), Outcome("a", "cleaned")):
        plain.add(event)
    shown, expected = page(Summary(), tally), page(Summary(), plain)
    assert shown.count("<") == expected.count("<")
    assert shown.count('"') == expected.count('"')


def test_samples_and_files_are_bounded() -> None:
    tally = Tally()
    for number in range(500):
        tally.add(finding(f"{number}.txt", "ad" * MAX_SAMPLE_CHARS))
        tally.add(Outcome(f"{number}.txt", "cleaned"))
    assert len(tally.samples["seo"]) == SAMPLES_PER_CATEGORY
    assert len(tally.files) <= 20
    assert all(len(sample.text) == MAX_SAMPLE_CHARS + 1 for sample in tally.samples["seo"])
    assert sum(tally.scores) == 500

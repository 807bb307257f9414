from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.polluted import Builder
from spamguard.spans import merge

PIECES = st.lists(
    st.tuples(st.booleans(), st.text(st.sampled_from("ab 上\n\r\ud800"), max_size=6)), max_size=8
)


@given(PIECES)
def test_offsets_are_those_of_the_ads_line_by_line(pieces: list[tuple[bool, str]]) -> None:
    built = Builder()
    for is_spam, text in pieces:
        (built.spam if is_spam else built.keep)(text)
    found = built.done("block")
    assert found.text == "".join(text for _, text in pieces)
    ads = [line for is_spam, text in pieces if is_spam for line in text.split("\n") if line]
    assert [found.text[start:end] for start, end in found.spans] == ads
    assert found.pattern == "block"


@given(PIECES)
def test_spans_are_disjoint_ascending_and_never_empty(pieces: list[tuple[bool, str]]) -> None:
    built = Builder()
    for is_spam, text in pieces:
        (built.spam if is_spam else built.keep)(text)
        built.keep("|")
    spans = built.done("block").spans
    assert spans == merge(spans)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.witness import Witness
from spamguard.spans import Span

KNOWN = Campaign("campaign", "pharma", 9, 9, 9, mean_score=0.8, strings=("cheappillsonline",))
WITNESS = Witness([KNOWN, Campaign("recurring", "goods", 9, 9, 9, strings=("subscribetoournewsletter",))])


def test_only_campaigns_are_looked_for() -> None:
    text = "Subscribe to our newsletter. Cheap pills online It rained."
    assert [span.text for span in WITNESS.spans(text)] == ["Cheap pills online"]


def test_a_suspected_span_much_like_a_campaign_is_taken_as_it_stands() -> None:
    text = "cheap pills onlin1 It rained. It stopped."
    like, unlike = Span(0, 18, text[:18], 0.3, "other"), Span(19, 29, text[19:29], 0.3, "other")
    assert WITNESS.spans(text, [like, unlike]) == [like]


def test_what_is_quoted_stays() -> None:
    assert WITNESS.spans("They read “cheap pills online” twice.") == []


@given(
    st.lists(st.sampled_from(["cheap pills online", "good", " ", "“", "”", "\n", "."]), max_size=12),
    st.data(),
)
def test_spans_are_ascending_disjoint_and_true(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    bounds = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    suspected = [Span(start, end, text[start:end], 0.3, "other") for start, end in pairs]
    position = 0
    for span in WITNESS.spans(text, suspected):
        assert position <= span.start < span.end
        assert span.text == text[span.start : span.end]
        position = span.end

"""What is read at once is bounded, and nothing is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.cleaner import Guard
from spamguard.model import stretches
from spamguard.model.stretches import batches_of

TEXTS = st.lists(st.text(alphabet="ab\n", max_size=40), max_size=6)


@given(texts=TEXTS, aim=st.integers(1, 12), more=st.integers(0, 9), together=st.integers(1, 12))
def test_pieces_cover_every_text_once_in_order_and_no_batch_is_too_large(
    texts: list[str], aim: int, more: int, together: int
) -> None:
    most = aim + more
    batches = [*batches_of(texts, aim, most, together)]
    pieces = [piece for batch in batches for piece in batch]
    for number, text in enumerate(texts):
        assert "".join(text[p.start : p.end] for p in pieces if p.text == number) == text
    assert [p.text for p in pieces] == sorted(p.text for p in pieces)
    assert all(p.end - p.start <= most for p in pieces)
    assert all(len(batch) == 1 or sum(p.end - p.start for p in batch) <= together for batch in batches)


@given(lines=st.lists(st.text(alphabet="ab", max_size=8), max_size=9))
def test_a_cut_falls_behind_a_line_break_where_there_is_one(lines: list[str]) -> None:
    text = "\n".join(lines)
    pieces = [piece for batch in batches_of([text], 10, 10) for piece in batch]
    assert all(text[p.end - 1] == "\n" for p in pieces[:-1])


@given(lines=st.lists(st.text(alphabet="ab", max_size=30), max_size=9))
def test_a_line_is_cut_only_where_it_is_too_long_and_lines_share_a_piece_only_where_they_fit(
    lines: list[str],
) -> None:
    text = "\n".join(lines)
    pieces = [piece for batch in batches_of([text], 10, 40) for piece in batch]
    assert all(text[p.end - 1] == "\n" for p in pieces[:-1])
    held = [text[p.start : p.end].removesuffix("\n") for p in pieces]
    assert all(len(one) <= 10 or "\n" not in one for one in held)


def test_a_text_of_one_ad_a_thousand_times_is_read_as_a_short_one_is(guard: Guard) -> None:
    ad = "казино вулкан зеркало\n"
    assert not guard.clean(ad * 1_000).text.strip()


def test_a_long_text_is_cleaned_as_its_parts_are(guard: Guard) -> None:
    article = (
        "The council met on Monday and voted for the budget.\n爱上海419论坛 The mayor thanked all sides.\n"
    )
    many = article * (stretches.MAX_CHARS // len(article) + 2)
    spans = guard.detect(many)
    assert spans
    assert all(many[span.start : span.end] == span.text for span in spans)

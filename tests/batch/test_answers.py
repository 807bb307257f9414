from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from spamguard.batch.answers import CALL_CHARS, Answer, Cleaner, Task, answer_all
from spamguard.batch.formats.plain import Plain
from spamguard.batch.formats.protocol import Unit
from spamguard.result import CleanResult


@given(sizes=st.lists(st.integers(0, CALL_CHARS // 2) | st.integers(CALL_CHARS, 2 * CALL_CHARS), max_size=12))
def test_what_is_cleaned_at_once_is_bounded_and_every_text_is_answered(
    clean: Cleaner, sizes: list[int]
) -> None:
    calls: list[list[int]] = []

    def counting(texts: Iterable[str]) -> Iterable[CleanResult]:
        held = list(texts)
        calls.append([len(text) for text in held])
        return clean(held)

    texts = ["SPAM" + "a" * size for size in sizes]
    found = answer_all(counting, [Task(Plain(), Unit(text.encode())) for text in texts])
    assert [answer.raw for answer in found] == [text[4:].encode() for text in texts]
    assert [length for call in calls for length in call] == [len(text) for text in texts]
    for call in calls:
        assert call
        assert len(call) == 1 or sum(call) <= CALL_CHARS


def test_what_was_told_is_read_again() -> None:
    answer = Answer(None, ((0, "text", CleanResult("good")),), n_chars=4)
    assert Answer.from_json(answer.to_json()) == answer
    assert Answer.from_json("") == Answer()

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spamguard.batch.plain import MAX_UNDECODABLE, decode


@given(st.binary())
def test_what_is_text_comes_back_to_the_byte(raw: bytes) -> None:
    document = decode(raw)
    assert document is None or document.encode(document.text) == raw


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_all_utf_8_without_nul_is_text(text: str) -> None:
    assert decode(text.encode()) is not None


def test_line_ends_are_not_translated() -> None:
    document = decode(b"one\r\ntwo\rthree\n")
    assert document is not None
    assert document.text == "one\r\ntwo\rthree\n"


def test_a_byte_order_mark_is_kept_apart_from_the_text() -> None:
    document = decode(b"\xef\xbb\xbfHello")
    assert document is not None
    assert document.text == "Hello"
    assert document.encode("") == b"\xef\xbb\xbf"


def test_stray_bytes_stand_in_the_text_and_come_out_as_they_went_in() -> None:
    raw = b"caf\xe9 and many more words, all of them well-formed"
    document = decode(raw)
    assert document is not None
    assert document.encode(document.text[4:]) == raw[4:]


def test_a_text_in_another_encoding_is_no_text() -> None:
    assert decode("上海的天气很好，市民纷纷出门。".encode("gb18030")) is None
    assert decode("The weather is fine.".encode("utf-16")) is None


def test_the_share_of_stray_bytes_has_a_bound() -> None:
    assert decode(b"\xff" + b"a" * int(1 / MAX_UNDECODABLE)) is not None
    assert decode(b"\xff" + b"a" * int(0.5 / MAX_UNDECODABLE)) is None

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.batch.encoding import MAX_UNDECODABLE, check_encoding, decode
from spamguard.errors import InputError
from spamguard.spans import complement, merge

ENCODINGS = ("utf-8", "gb18030", "big5", "shift-jis", "euc-kr", "windows-1252", "utf-16-le")


@given(st.binary())
def test_what_is_text_comes_back_to_the_byte(raw: bytes) -> None:
    document = decode(raw)
    assert document is None or document.without([]) == raw


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_all_utf_8_without_nul_is_text(text: str) -> None:
    assert decode(text.encode()) is not None


def test_line_ends_are_not_translated() -> None:
    document = decode(b"one\r\ntwo\rthree\n")
    assert document is not None
    assert document.text == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_stays(encoding: str) -> None:
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    raw = mark + "上海 SPAM 新闻".encode(encoding)
    document = decode(raw)
    assert document is not None
    assert document.text == "上海 SPAM 新闻"
    assert decode(document.without([(3, 8)])) == decode(mark + "上海 新闻".encode(encoding))


def test_utf_16_shows_without_a_mark() -> None:
    document = decode("The weather is fine.".encode("utf-16-le"))
    assert document is not None
    assert document.text == "The weather is fine."


def test_stray_bytes_stand_in_the_text_and_come_out_as_they_went_in() -> None:
    raw = b"caf\xe9 and many more words, all of them well-formed"
    document = decode(raw)
    assert document is not None
    assert document.without([(0, 4)]) == raw[4:]


def test_a_text_in_another_encoding_is_no_text() -> None:
    assert decode("上海的天气很好，市民纷纷出门。".encode("gb18030")) is None


def test_the_share_of_stray_bytes_has_a_bound() -> None:
    assert decode(b"\xff" + b"a" * int(1 / MAX_UNDECODABLE)) is not None
    assert decode(b"\xff" + b"a" * int(0.5 / MAX_UNDECODABLE)) is None


@settings(max_examples=60)
@given(
    encoding=st.sampled_from(ENCODINGS),
    pieces=st.lists(st.sampled_from(["a", "上", "é", "ア", "😀", "한", "~", "SPAM"]), min_size=1, max_size=9),
    times=st.integers(1, 400),
    stray=st.binary(max_size=2),
    cut=st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 9)), max_size=3),
)
def test_a_cut_leaves_every_other_byte_in_any_encoding(
    encoding: str, pieces: list[str], times: int, stray: bytes, cut: list[tuple[int, int]]
) -> None:
    codec = check_encoding(encoding)
    raw = "".join(pieces).encode(codec, "ignore") * times + stray + ("end " * 20).encode(codec)
    document = decode(raw, codec)
    if document is None:
        return
    length = len(document.text)
    cuts = [
        (start, min(end, length)) for start, end in merge((at, at + n) for at, n in cut) if start < length
    ]
    kept = complement(cuts, length)
    pieces_left = [document.without(complement([one], length)) for one in kept]
    assert document.without(cuts) == b"".join(pieces_left)
    # Pieces and cuts side by side are the file again: no byte is lost, none comes twice.
    gone = [document.without(complement([one], length)) for one in cuts]
    ordered = [piece for _, piece in sorted(zip([*kept, *cuts], [*pieces_left, *gone], strict=True))]
    assert b"".join(ordered) == raw


@pytest.mark.parametrize("name", ["klingon", "utf-7", "iso-2022-jp", "hex", "utf-16", "a\0b"])
def test_an_encoding_that_is_not_read_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        check_encoding(name)

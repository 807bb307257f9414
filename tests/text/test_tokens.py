from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.text.classes import CharClass
from spamguard.text.tokens import MAX_TOKEN_CHARS, TokenBatch, is_solo, tokenise
from spamguard.text.unicode_tables import load

ODD = "\u200b\ufeff\u0301\u0336\ud83d\ude00 \t\n\r\u2028\u3000Ａ①aаяα419上かカไ!-★|😀e."
TEXT = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=25)
TEXTS = st.lists(TEXT, min_size=1, max_size=5)
WHITE = (CharClass.SPACE, CharClass.BREAK)


def words(*texts: str) -> list[str]:
    """The folded tokens of a batch."""
    tokens = tokenise(texts)
    code = [chr(code) for code in tokens.folded.code]
    return ["".join(code[start:end]) for start, end in zip(tokens.start, tokens.end, strict=True)]


def raw_offsets(tokens: TokenBatch) -> list[tuple[int, int, int]]:
    """Each token's document, and the offsets of its first and last character in it."""
    base = tokens.folded.doc_start[tokens.doc]
    first = tokens.folded.raw[tokens.start] - base
    last = tokens.folded.raw[tokens.end - 1] - base
    return list(zip(tokens.doc.tolist(), first.tolist(), last.tolist(), strict=True))


@settings(deadline=None)
@given(TEXTS)
def test_offsets_lie_in_the_raw_text_in_reading_order(texts: list[str]) -> None:
    offsets = raw_offsets(tokenise(texts))
    assert all(0 <= first <= last < len(texts[doc]) for doc, first, last in offsets)
    assert all(before[0] < behind[0] or before[2] < behind[1] for before, behind in pairwise(offsets))


@settings(deadline=None)
@given(TEXTS)
def test_every_character_but_white_and_ignorable_ones_lies_in_one_token(texts: list[str]) -> None:
    tables = load()
    covered = [
        (doc, at) for doc, first, last in raw_offsets(tokenise(texts)) for at in range(first, last + 1)
    ]
    classes = {place: tables.classes[ord(texts[place[0]][place[1]])] for place in covered}
    assert len(covered) == len(classes)
    assert not [place for place, char_class in classes.items() if char_class in WHITE]
    expected = {(doc, at) for doc, text in enumerate(texts) for at in range(len(text))} - set(covered)
    assert {tables.classes[ord(texts[doc][at])] for doc, at in expected} <= {*WHITE, CharClass.IGNORED}


@settings(deadline=None)
@given(TEXTS)
def test_a_batch_of_documents_is_cut_as_each_alone(texts: list[str]) -> None:
    batch = tokenise(texts)
    offsets, cut = raw_offsets(batch), words(*texts)
    for number, text in enumerate(texts):
        alone, part = tokenise([text]), slice(batch.doc_first[number], batch.doc_last[number])
        assert [place[1:] for place in offsets[part]] == [place[1:] for place in raw_offsets(alone)]
        assert cut[part] == words(text)
        for name in ("token_class", "space_before"):
            np.testing.assert_array_equal(getattr(batch, name)[part], getattr(alone, name))
        for name in ("line_start", "line_end"):
            np.testing.assert_array_equal(getattr(batch, name)[part] - part.start, getattr(alone, name))
        assert (batch.doc[part] == number).all()


@settings(deadline=None)
@given(TEXTS)
def test_a_token_and_its_line_lie_in_one_line_of_one_document(texts: list[str]) -> None:
    tokens = tokenise(texts)
    for at, (doc, first, last) in enumerate(raw_offsets(tokens)):
        assert not set("\n\r\u2028\u2029\u0085") & set(texts[doc][first : last + 1])
        line = slice(tokens.line_start[at], tokens.line_end[at])
        assert line.start <= at < line.stop
        assert set(tokens.line[line]) == {tokens.line[at]}
        assert set(tokens.doc[line]) == {doc}


@settings(deadline=None)
@given(
    st.sampled_from(["a", "上", "!", "-", "a\u0301", "上\u0301", "!\u0301", "★", "\0", "7", "カ", "\u0336"])
)
def test_tokens_have_a_bounded_length(piece: str) -> None:
    tokens = tokenise(["x " + piece * 500, "y"])
    assert (tokens.end - tokens.start).max() <= MAX_TOKEN_CHARS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\r\n\u3000", []),
        ("The bank's 2nd plan.", ["the", "bank's", "2nd", "plan", "."]),
        ("爱上海419论坛", ["爱", "上", "海", "419", "论", "坛"]),
        ("カジノ案内", ["カジノ", "案", "内"]),
        ("wow!!! ----- ★★ ||", ["wow", "!!!", "-----", "★★", "||"]),
        ("[a](b)", ["[", "a", "]", "(", "b", ")"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("e\u0301t 上\u0301", ["e\u0301t", "上\u0301"]),
        ("one\ntwo", ["one", "two"]),
        ("\ud83d\ude00", ["\ud83d\ude00"]),
    ],
)
def test_texts_are_cut_at_scripts_signs_and_space(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "disguised",
    [
        "CASINO",
        "c\u200ba\u200cs\u2060i\ufeffn\u00ado",
        "ｃａｓｉｎｏ",
        "ⓒⓐⓢⓘⓝⓞ",
        "𝓬𝓪𝓼𝓲𝓷𝓸",
        "сasino",
        "саsіnо",
        "cаsιnο",
    ],
)
def test_disguises_inside_a_word_are_seen_through(disguised: str) -> None:
    assert words(disguised) == ["casino"]
    assert words(f"a {disguised} b") == ["a", "casino", "b"]


@pytest.mark.parametrize("genuine", ["москва", "хорошо", "сор", "αθήνα", "какао"])
def test_words_of_one_alphabet_keep_their_letters(genuine: str) -> None:
    assert words(f"in {genuine} today") == ["in", genuine, "today"]


def test_look_alikes_mark_the_word_as_disguised() -> None:
    tokens = tokenise(["саsino москва"])
    assert tokens.folded.styled[tokens.start[0]]
    assert not tokens.folded.styled[tokens.start[1] :].any()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2nd", CharClass.LATIN),
        ("123上", CharClass.DIGIT),
        ("4-", CharClass.DIGIT),
        ("\u0301a", CharClass.LATIN),
        ("上海", CharClass.HAN),
        ("42", CharClass.DIGIT),
        ("!!!", CharClass.STOP),
    ],
)
def test_a_word_with_a_letter_has_its_letter_s_class(text: str, expected: CharClass) -> None:
    assert tokenise([text]).token_class[0] == expected


def test_space_between_tokens_shows_on_the_second() -> None:
    assert tokenise(["a b,c\nd\u3000e"]).space_before.tolist() == [False, True, False, False, False, True]


def test_scripts_without_spaces_are_told_from_alphabets() -> None:
    tokens = tokenise(["a я 上 か カ ไ 한"])
    assert is_solo(tokens.token_class).tolist() == [False, False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("카지노추천The first", ["카지노추천", "the", "first"]),
        ("ᔆᐖᙱᔍAll", ["ᔆᐖᙱᔍ", "all"]),
        ("హిందీAll", ["హిందీ", "all"]),
        ("852398Who", ["852398", "who"]),
        ("0541Škoda", ["0541", "škoda"]),
        ("McDonald cAsInO iPhone", ["mcdonald", "casino", "iphone"]),
        ("2023년 vip88", ["2023년", "vip88"]),
        ("카지노 77the", ["카지노", "77the"]),
        ("cheapV1agra", ["cheap", "v1agra"]),
    ],
)
def test_a_word_in_another_script_or_with_a_capital_starts_a_token_without_a_space(
    text: str, expected: list[str]
) -> None:
    batch = tokenise([text])
    code = batch.folded.code
    pairs = zip(batch.start, batch.end, strict=True)
    assert ["".join(map(chr, code[start:end])) for start, end in pairs] == expected

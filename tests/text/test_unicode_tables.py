from __future__ import annotations

import numpy as np
import pytest

from spamguard.text.classes import N_CLASSES, CharClass
from spamguard.text.unicode_tables import N_CODE_POINTS, load


def folded(text: str) -> str:
    """The text with each character folded by itself."""
    return "".join(chr(load().fold[ord(char)]) for char in text)


def classes(text: str) -> set[CharClass]:
    """Classes of the folded characters."""
    return {CharClass(load().classes[ord(char)]) for char in folded(text)}


def test_there_is_an_entry_for_every_code_point() -> None:
    tables = load()
    assert len(tables.fold) == len(tables.classes) == len(tables.latin_twin) == N_CODE_POINTS
    assert tables.fold.max() < N_CODE_POINTS
    assert tables.classes.max() < N_CLASSES


def test_folding_what_is_folded_changes_nothing() -> None:
    fold = load().fold
    # OpenCC simplifies this one to a character that it simplifies further.
    assert "".join(map(chr, np.flatnonzero(fold[fold] != fold))) == "薴"


def test_a_character_has_the_class_of_its_folded_form() -> None:
    tables = load()
    np.testing.assert_array_equal(tables.classes[tables.fold], tables.classes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Casino", "casino"),
        ("КАЗИНО", "казино"),
        ("ÉCOLE", "école"),
        ("ｃａｓｉｎｏ４１９", "casino419"),
        ("𝐂𝒂𝓼𝔦𝗇𝚘", "casino"),
        ("ⓒⓐⓢⓘⓝⓞ", "casino"),
        ("ᴄᴀꜱɪɴᴏ", "casino"),
        ("🅲🅰🆂🅸🅽🅾", "casino"),
        ("④①⑨⓪", "4190"),
        ("𝟒𝟙𝟿", "419"),
        ("愛上海論壇", "爱上海论坛"),
        ("ﾅｲﾄ", "ナイト"),
        ("plain, 12.5% & more", "plain, 12.5% & more"),
    ],
)
def test_disguises_of_single_characters_fold_away(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcßéǅﬁ", CharClass.LATIN),
        ("абвѣ", CharClass.CYRILLIC),
        ("αβγ", CharClass.GREEK),
        ("שלום", CharClass.HEBREW),
        ("عربي", CharClass.ARABIC),
        ("हबतగ", CharClass.INDIC),
        ("한국", CharClass.HANGUL),
        ("上海愛", CharClass.HAN),
        ("ひら", CharClass.HIRAGANA),
        ("カナ", CharClass.KATAKANA),
        ("ไทย", CharClass.THAI),
        ("0９٣④", CharClass.DIGIT),
        (" \t\u3000\u00a0\u2009", CharClass.SPACE),
        ("\n\r\u2028\u2029\u0085", CharClass.BREAK),
        ("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\ufe0f", CharClass.IGNORED),
        ("\0\x1b\ud800\udfff\ue000\U0010ffff", CharClass.CONTROL),
        ("😀⏱", CharClass.EMOJI),
        ("€$¥", CharClass.CURRENCY),
        ("•★#*", CharClass.BULLET),
        ("\u0301\u0336", CharClass.MARK),
        ("【（[", CharClass.OPEN),
        ("】）]", CharClass.CLOSE),
        ("“”'«", CharClass.QUOTE),
        ("|｜", CharClass.PIPE),
        ("-—～", CharClass.DASH),
        (".。！?", CharClass.STOP),
    ],
)
def test_characters_have_the_class_of_their_kind(text: str, expected: CharClass) -> None:
    assert classes(text) == {expected}


def test_twins_are_latin_letters_for_letters_of_other_alphabets() -> None:
    tables = load()
    swapped = np.flatnonzero(tables.latin_twin != np.arange(N_CODE_POINTS))
    assert len(swapped) > 30
    assert {CharClass(c) for c in tables.classes[swapped]} == {CharClass.CYRILLIC, CharClass.GREEK}
    twins = tables.latin_twin[swapped]
    assert {CharClass(c) for c in tables.classes[twins]} <= {CharClass.LATIN, CharClass.DIGIT}
    np.testing.assert_array_equal(tables.fold[swapped], swapped)


def test_tables_are_read_once() -> None:
    assert load() is load()

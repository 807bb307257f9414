"""Character classes: what kind of thing a code point is to the tokeniser and the features."""

from __future__ import annotations

from enum import IntEnum


class CharClass(IntEnum):
    """Kind of a folded code point; letters come first, in ascending order of their script."""

    IGNORED = 0
    SPACE = 1
    BREAK = 2
    LATIN = 3
    CYRILLIC = 4
    GREEK = 5
    ARABIC = 6
    HEBREW = 7
    INDIC = 8
    HANGUL = 9
    OTHER_LETTER = 10
    HAN = 11
    HIRAGANA = 12
    KATAKANA = 13
    THAI = 14
    MARK = 15
    DIGIT = 16
    STOP = 17
    COMMA = 18
    COLON = 19
    OPEN = 20
    CLOSE = 21
    QUOTE = 22
    DASH = 23
    UNDERSCORE = 24
    PIPE = 25
    SLASH = 26
    ANGLE = 27
    BULLET = 28
    CURRENCY = 29
    EMOJI = 30
    SYMBOL = 31
    AT = 32
    CONTROL = 33


N_CLASSES = len(CharClass)
FIRST_LETTER, LAST_LETTER = CharClass.LATIN, CharClass.THAI
# Scripts written without spaces: each character is a token of its own.
FIRST_SOLO, LAST_SOLO = CharClass.HAN, CharClass.THAI

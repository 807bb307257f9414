"""Disguises that spammers put over a string, each a function from string to string."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files

Disguise = Callable[[str, random.Random], str]

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SEPARATORS = "★☆.·-_*|~^•♥●◆/+,=、。乄╱│┃:#"
_TWINS = {
    "a": "аαɑ", "b": "Ьв", "c": "сϲ", "e": "её", "g": "ɡ", "h": "һн", "i": "іι", "j": "ј", "k": "кκ",
    "m": "м", "n": "пη", "o": "оο0", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υս", "v": "ν", "w": "ԝω",
    "x": "хχ", "y": "уγ", "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "K": "КΚ", "M": "М",
    "O": "ОΟ", "P": "РΡ", "T": "ТΤ", "X": "ХΧ",
}  # fmt: skip
_LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "g": "9", "l": "1"}
_STYLES = [
    0x1D400,
    0x1D434,
    0x1D468,
    0x1D49C,
    0x1D4D0,
    0x1D504,
    0x1D56C,
    0x1D5A0,
    0x1D5D4,
    0x1D608,
    0x1D63C,
    0x1D670,
]
_DIGIT_STYLES = [0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6]
_CHINESE_DIGITS = ["零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖"]
_HAN_TWINS = {
    "加": "➕伽佳",
    "微": "薇徽威",
    "信": "芯亻言訫",
    "群": "裙君",
    "联": "連",
    "系": "係",
    "电": "電",
}
_ACCENTS = "\u0301\u0300\u0308\u0302\u030c"
_STACK = "\u0300\u0316\u033f\u0353\u0347\u035b\u0306\u0332"
_BLOCKS = ["▋▋{}▋▋", "█{}█", "▓▒░{}░▒▓", "◤{}◢", "┣{}┫", "▌{}▐", "░{}░", "╠{}╣", "▇▇{}"]
_BOXES = ["[{}]", "[{}]", "({})", "|{}|", "【{}】", "{{{}}}"]
_JOINTS = "_-./|*~+"
_RARE = "鱻麤龘靐齉爨犇猋骉羴毳淼焱垚晶磊鑫森赑孨嫑巭嘦"


def _letters(text: str, change: Callable[[str], str], rng: random.Random, share: float) -> str:
    """Change a share of the letters and digits."""
    return "".join(change(c) if c.isalnum() and rng.random() < share else c for c in text)


def zero_width(text: str, rng: random.Random) -> str:
    """Put invisible characters between the others."""
    share = rng.choice([0.25, 0.6, 1.0])
    return "".join(
        c + rng.choice(_ZERO_WIDTH) if i + 1 < len(text) and rng.random() < share else c
        for i, c in enumerate(text)
    )


def full_width(text: str, rng: random.Random) -> str:
    """Write ASCII in full-width forms, digits alone at times."""
    only_digits = rng.random() < 0.4
    return "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and (c.isdigit() or not only_digits) else c for c in text
    )


def circled(text: str, rng: random.Random) -> str:
    """Write digits, or letters too, in circles."""
    letters = rng.random() < 0.3

    def change(c: str) -> str:
        if "1" <= c <= "9":
            return chr(0x2460 + ord(c) - ord("1"))
        if c == "0":
            return "⓪"
        return chr(0x24D0 + ord(c) - ord("a")) if letters and "a" <= c <= "z" else c

    return "".join(map(change, text))


def spaced(text: str, rng: random.Random) -> str:
    """Put a space between all characters, words further apart at times."""
    gap = rng.choice([" ", " ", "  ", "\u3000"])
    words = text.split(" ")
    return rng.choice([gap, "   ", gap + gap]).join(gap.join(word) for word in words)


def separated(text: str, rng: random.Random) -> str:
    """Put one odd sign between all letters, or between words."""
    sign = rng.choice(_SEPARATORS)
    if " " in text and rng.random() < 0.5:
        return rng.choice(["", sign]) + text.replace(" ", sign) + rng.choice(["", sign])
    return sign.join(text.replace(" ", ""))


def look_alike(text: str, rng: random.Random) -> str:
    """Swap Latin letters for Cyrillic or Greek twins."""
    return _letters(text, lambda c: rng.choice(_TWINS.get(c, c)), rng, rng.choice([0.2, 0.5, 0.9]))


def leet(text: str, rng: random.Random) -> str:
    """Swap letters for digits and signs."""
    return _letters(text, lambda c: rng.choice(_LEET.get(c.lower(), c)), rng, rng.choice([0.3, 0.6, 1.0]))


def styled(text: str, rng: random.Random) -> str:
    """Write in mathematical bold, script, sans and the like."""
    base, digit_base = rng.choice(_STYLES), rng.choice(_DIGIT_STYLES)

    def change(c: str) -> str:
        shape = c
        if "A" <= c <= "Z":
            shape = chr(base + ord(c) - ord("A"))
        elif "a" <= c <= "z":
            shape = chr(base + 26 + ord(c) - ord("a"))
        elif "0" <= c <= "9":
            shape = chr(digit_base + ord(c) - ord("0"))
        return shape if unicodedata.category(shape) != "Cn" else c

    return "".join(map(change, text))


def chinese_digits(text: str, rng: random.Random) -> str:
    """Write digits in Chinese."""
    row = rng.choice(_CHINESE_DIGITS)
    return "".join(row[int(c)] if c in "0123456789" else c for c in text)


def digit_letters(text: str, rng: random.Random) -> str:
    """Write some digits of a contact as letters that look like them."""
    return "".join(
        {"0": "O", "1": "l", "5": "S", "8": "B"}.get(c, c) if rng.random() < 0.6 else c for c in text
    )


def han_twins(text: str, rng: random.Random) -> str:
    """Swap the usual characters of a contact's label for others of the same sound or look."""
    return "".join(rng.choice(_HAN_TWINS[c]) if c in _HAN_TWINS and rng.random() < 0.8 else c for c in text)


@cache
def _traditional() -> dict[str, str]:
    """Simplified Han characters to traditional ones, as OpenCC has them."""
    listing = files("opencc").joinpath("dictionary/STCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in listing.splitlines() if "\t" in line)
    return {old: new.split(" ")[0] for old, new in pairs}


def traditional_mix(text: str, rng: random.Random) -> str:
    """Write some or all Han characters in their traditional form."""
    share = rng.choice([0.3, 0.6, 1.0])
    return "".join(_traditional().get(c, c) if rng.random() < share else c for c in text)


def rare_han(text: str, rng: random.Random) -> str:
    """Strew rare characters between the others."""
    return "".join(c + rng.choice(_RARE) if rng.random() < 0.25 else c for c in text)


def case_mix(text: str, rng: random.Random) -> str:
    """Change the case: all capitals, title case, or at random."""
    kind = rng.random()
    if kind < 0.4:
        return text.upper()
    if kind < 0.8:
        return text.title()
    return "".join(rng.choice([c.upper(), c.lower()]) for c in text)


def doubled(text: str, rng: random.Random) -> str:
    """Double or drop a letter here and there."""
    return _letters(text, lambda c: rng.choice([c + c, c + c, ""]), rng, 0.15)


def struck(text: str, rng: random.Random) -> str:
    """Put a combining stroke on letters."""
    mark = rng.choice("\u0336\u0332\u0335\u0338")
    return _letters(text, lambda c: c + mark, rng, 1.0)


def joined(text: str, rng: random.Random) -> str:
    """Write a sign where spaces stood."""
    return text.replace(" ", rng.choice(_JOINTS))


def accented(text: str, rng: random.Random) -> str:
    """Put accents on Latin vowels."""
    marked = "".join(c + rng.choice(_ACCENTS) if c in "aeiouAEIOU" else c for c in text)
    return unicodedata.normalize("NFC", marked)


def emoji_letters(text: str, rng: random.Random) -> str:
    """Write Latin letters as regional signs or in squares, digits as keys."""
    base = rng.choice([0x1F1E6, 0x1F130, 0x1F170])

    def change(c: str) -> str:
        if c.isascii() and c.isalpha():
            return chr(base + ord(c.lower()) - ord("a"))
        return c + "\ufe0f\u20e3" if c in "0123456789" else c

    return "".join(map(change, text))


def blocks(text: str, rng: random.Random) -> str:
    """Stand between blocks, some digits as letters that look like them."""
    shown = text.replace("0", "O").replace("1", "I") if rng.random() < 0.6 else text
    return rng.choice(_BLOCKS).format(shown)


def stacked(text: str, rng: random.Random) -> str:
    """Pile combining marks over and under the letters."""
    return "".join(c + "".join(rng.choices(_STACK, k=rng.randint(1, 4))) if c.isalpha() else c for c in text)


def boxed(text: str, rng: random.Random) -> str:
    """Put every letter and digit in brackets of its own."""
    box = rng.choice(_BOXES)
    return "".join(box.format(c) if c.isalnum() else c for c in text)


def hyphenated(text: str, rng: random.Random) -> str:
    """Cut words into syllables of two or three letters with a hyphen or a dot."""
    sign, size = rng.choice("-·."), rng.choice([2, 3])
    words = text.split(" ")
    return " ".join(sign.join(word[i : i + size] for i in range(0, len(word), size)) for word in words)


def decomposed(text: str, rng: random.Random) -> str:
    """Write letters and their marks, or Hangul syllables and their parts, as separate code points."""
    return unicodedata.normalize("NFD", text) + rng.choice(["", "\u0301"])


DISGUISES: dict[str, Disguise] = {
    function.__name__: function
    for function in (
        zero_width, full_width, circled, spaced, separated, look_alike, leet, styled, chinese_digits,
        digit_letters, han_twins, traditional_mix, rare_han, case_mix, doubled, struck,
        joined, accented, emoji_letters, blocks, stacked, boxed, hyphenated, decomposed,
    )
}  # fmt: skip
# How often each is drawn: what the wild shows often comes often.
_WEIGHTS = [5, 4, 3, 5, 6, 5, 5, 4, 2, 2, 3, 4, 1, 10, 5, 1, 4, 4, 2, 2, 2, 2, 4, 2]


def disguise(text: str, rng: random.Random) -> str:
    """Put one disguise over a string, at times two."""
    for function in rng.choices(list(DISGUISES.values()), _WEIGHTS, k=rng.choice([1, 1, 1, 2])):
        changed = function(text, rng)
        text = changed if changed.strip() else text
    return text

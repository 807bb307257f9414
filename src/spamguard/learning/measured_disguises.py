"""The disguises that a model is measured on: those it learns from, and kinds that no training draws."""

from __future__ import annotations

import random
import unicodedata

from spamguard.learning.disguises import DISGUISES, Disguise

_SMALL = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_RAISED = dict(zip("0123456789abcdeghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_STACK = "\u0300\u0316\u033f\u0353\u0347\u035b\u0306\u0332"
_SPLITTERS = "乄丶灬丿乀★✦※∽"
_BLOCKS = ["▋▋{}▋▋", "█{}█", "▓▒░{}░▒▓", "◤{}◢", "┣{}┫"]
_PINYIN = {
    "上": "shang", "海": "hai", "北": "bei", "京": "jing", "广": "guang", "州": "zhou", "深": "shen",
    "圳": "zhen", "微": "wei", "信": "xin", "论": "lun", "坛": "tan", "爱": "ai", "夜": "ye", "网": "wang",
    "品": "pin", "茶": "cha", "加": "jia", "群": "qun", "电": "dian", "话": "hua", "联": "lian", "系": "xi",
    "贷": "dai", "款": "kuan", "证": "zheng", "办": "ban", "彩": "cai", "票": "piao", "博": "bo", "娱": "yu",
    "乐": "le", "城": "cheng", "平": "ping", "台": "tai", "代": "dai", "开": "kai", "发": "fa", "刷": "shua",
    "单": "dan", "兼": "jian", "职": "zhi", "桑": "sang", "拿": "na", "会": "hui", "所": "suo", "按": "an",
    "摩": "mo", "女": "nv", "小": "xiao", "姐": "jie", "服": "fu", "务": "wu", "手": "shou", "机": "ji",
    "视": "shi", "频": "pin", "免": "mian", "费": "fei", "大": "da", "全": "quan", "最": "zui", "新": "xin",
}  # fmt: skip


def small_capitals(text: str, rng: random.Random) -> str:
    """Write Latin letters as small capitals."""
    return "".join(_SMALL.get(c.lower(), c) for c in text)


def raised(text: str, rng: random.Random) -> str:
    """Write Latin letters and digits as superscripts."""
    return "".join(_RAISED.get(c.lower(), c) for c in text)


def parenthesised(text: str, rng: random.Random) -> str:
    """Write Latin letters and digits in brackets of their own."""

    def change(c: str) -> str:
        if c.isascii() and c.isalpha():
            return chr(0x249C + ord(c.lower()) - ord("a"))
        return chr(0x2474 + ord(c) - ord("1")) if c in "123456789" else c

    return "".join(map(change, text))


def pinyin(text: str, rng: random.Random) -> str:
    """Write Han characters that spammers often use in pinyin."""
    return "".join(_PINYIN[c] if c in _PINYIN and rng.random() < 0.7 else c for c in text)


def split_digits(text: str, rng: random.Random) -> str:
    """Put odd signs into numbers."""
    sign, changed = rng.choice(_SPLITTERS), ""
    for i, c in enumerate(text):
        changed += sign if i % 3 == 0 and c.isdigit() and text[i - 1 : i].isdigit() else ""
        changed += c
    return changed


def blocks(text: str, rng: random.Random) -> str:
    """Stand between blocks, some digits as letters that look like them."""
    shown = text.replace("0", "O").replace("1", "I") if rng.random() < 0.6 else text
    return rng.choice(_BLOCKS).format(shown)


def stacked(text: str, rng: random.Random) -> str:
    """Pile combining marks over and under the letters."""
    return "".join(c + "".join(rng.choices(_STACK, k=rng.randint(1, 4))) if c.isalpha() else c for c in text)


def boxed(text: str, rng: random.Random) -> str:
    """Put every letter and digit in square brackets."""
    return "".join(f"[{c}]" if c.isalnum() else c for c in text)


def hyphenated(text: str, rng: random.Random) -> str:
    """Cut words into syllables of two or three letters with a hyphen or a dot."""
    sign, size = rng.choice("-·."), rng.choice([2, 3])
    words = text.split(" ")
    return " ".join(sign.join(word[i : i + size] for i in range(0, len(word), size)) for word in words)


def decomposed(text: str, rng: random.Random) -> str:
    """Write letters and their marks, or Hangul syllables and their parts, as separate code points."""
    return unicodedata.normalize("NFD", text) + rng.choice(["", "\u0301"])


# Those that no training draws come first; the others are those of training.
UNSEEN: dict[str, Disguise] = {
    function.__name__: function
    for function in (
        small_capitals, raised, parenthesised, pinyin, split_digits, blocks, stacked, boxed, hyphenated,
        decomposed,
    )
}  # fmt: skip
MEASURED: dict[str, Disguise] = {**UNSEEN, **DISGUISES}

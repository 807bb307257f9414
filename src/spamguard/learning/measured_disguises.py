"""The disguises that a model is measured on: those it learns from, and kinds that no training draws."""

from __future__ import annotations

import random
from itertools import pairwise

from spamguard.learning.disguises import DISGUISES, Disguise

_SMALL = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_RAISED = dict(zip("0123456789abcdeghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_TURNED = dict(zip("abcdefghijklmnopqrtuvwy", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹʇnʌʍʎ", strict=True))
_SPLITTERS = "乄丶灬丿乀★✦※∽"
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


def upside_down(text: str, rng: random.Random) -> str:
    """Stand Latin letters on their heads, the last one first."""
    return "".join(_TURNED.get(c.lower(), c) for c in reversed(text))


def entities(text: str, rng: random.Random) -> str:
    """Write letters as numeric entities of HTML."""
    form = rng.choice(["&#{};", "&#x{:x};"])
    return "".join(form.format(ord(c)) if c.isalnum() else c for c in text)


def tags_between(text: str, rng: random.Random) -> str:
    """Put empty tags or comments of HTML between the letters of words."""
    tag = rng.choice(["<b></b>", "<!-- -->", "<wbr>"])
    return "".join(char + tag * (char + behind).isalnum() for char, behind in pairwise(text + " "))


# Those that no training draws come first; the others are those of training.
UNSEEN: dict[str, Disguise] = {
    function.__name__: function
    for function in (
        small_capitals, raised, parenthesised, pinyin, split_digits, upside_down, entities, tags_between,
    )
}  # fmt: skip
MEASURED: dict[str, Disguise] = {**UNSEEN, **DISGUISES}

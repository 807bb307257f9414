"""Disguises of ads, each a change that a reader sees through."""

from __future__ import annotations

import random
from collections.abc import Callable

_LOOK_ALIKES = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_LEET = str.maketrans("aeios", "43105")
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _between(mark: str, text: str) -> str:
    """Put a mark between the characters of each word."""
    return " ".join(mark.join(word) for word in text.split(" "))


_DISGUISES: list[Callable[[str], str]] = [
    lambda text: _between("\u200b", text),
    lambda text: _between("\u00ad", text),
    lambda text: _between(" ", text),
    lambda text: _between("★", text),
    lambda text: _between("-", text),
    lambda text: text.translate(_FULL_WIDTH),
    lambda text: text.translate(_CIRCLED),
    lambda text: text.translate(_LOOK_ALIKES),
    lambda text: text.translate(_LEET),
]


def disguise(text: str, rng: random.Random) -> str:
    """Return the text in a disguise that changes it, chosen at random."""
    return rng.choice([one for one in (made(text) for made in _DISGUISES) if one != text])

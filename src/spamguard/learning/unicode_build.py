"""Builds the Unicode tables that ship with the package.

Run ``python -m spamguard.learning.unicode_build`` after a change here; every model must then be
trained anew, for its features are read through these tables.
"""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spamguard.text.classes import CharClass
from spamguard.text.unicode_tables import FILE_NAME, N_CODE_POINTS

# Named here where Unicode's own category is too coarse for us.
_EXPLICIT: dict[CharClass, str] = {
    CharClass.BREAK: "\n\r\u2028\u2029\u0085",
    CharClass.STOP: ".!?。！？…｡؟۔।॥։។၊။",
    CharClass.COMMA: ",;，；、､،؛",
    CharClass.COLON: ":：",
    CharClass.QUOTE: "\"'`´“”‘’„‚«»‹›「」『』",
    CharClass.DASH: "-‐‑‒–—―~〜～",
    CharClass.UNDERSCORE: "_＿",
    CharClass.PIPE: "|｜¦│┃丨",
    CharClass.SLASH: "/\\／＼",
    CharClass.ANGLE: "<>",
    CharClass.BULLET: "•·∙●○▪▫■□◆◇★☆►▶➤➜→✓✔✅❖※*#♦♥♠♣◎⊙",
    CharClass.AT: "@＠",
    CharClass.SPACE: "\t\u3000\u00a0",
}
_SCRIPT_WORDS: list[tuple[str, CharClass]] = [
    ("LATIN", CharClass.LATIN),
    ("CYRILLIC", CharClass.CYRILLIC),
    ("GREEK", CharClass.GREEK),
    ("ARABIC", CharClass.ARABIC),
    ("HEBREW", CharClass.HEBREW),
    ("CJK", CharClass.HAN),
    ("HIRAGANA", CharClass.HIRAGANA),
    ("KATAKANA", CharClass.KATAKANA),
    ("HANGUL", CharClass.HANGUL),
    *((word, CharClass.THAI) for word in ("THAI", "LAO", "KHMER", "MYANMAR")),
    *(
        (word, CharClass.INDIC)
        for word in ("DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "GUJARATI", "GURMUKHI")
    ),
    *((word, CharClass.INDIC) for word in ("KANNADA", "MALAYALAM", "SINHALA", "ORIYA")),
]
_BY_CATEGORY: dict[str, CharClass] = {
    "Cf": CharClass.IGNORED,
    "Zs": CharClass.SPACE,
    "Ps": CharClass.OPEN,
    "Pe": CharClass.CLOSE,
    "Pi": CharClass.QUOTE,
    "Pf": CharClass.QUOTE,
    "Pd": CharClass.DASH,
    "Pc": CharClass.UNDERSCORE,
    "Sc": CharClass.CURRENCY,
    "Mn": CharClass.MARK,
    "Mc": CharClass.MARK,
    "Me": CharClass.IGNORED,
    "So": CharClass.EMOJI,
}


# Letters that pass for Latin ones in Cyrillic and Greek, lower case.
_LATIN_TWINS = dict(zip("авеёкмнорстухіјѕһԁԛԝїзь", "abeekmhopctyxijshdqwi3b", strict=True)) | dict(
    zip("αβεηικνορτυχωγζμ", "abenikvoptuxwyzu", strict=True)
)

# Letters in other dress that Unicode's compatibility forms leave as they are: small capitals, white on black.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_WHITE_ON_BLACK = {chr(base + i): chr(ord("a") + i) for base in (0x1F150, 0x1F170) for i in range(26)}
_DRESSED = _SMALL_CAPITALS | _WHITE_ON_BLACK


def _class_of(char: str) -> CharClass:
    """Class of one folded character."""
    for char_class, members in _EXPLICIT.items():
        if char in members:
            return char_class
    category = unicodedata.category(char)
    if category in ("Nd", "Nl", "No"):
        return CharClass.DIGIT
    if category.startswith("L"):
        name = unicodedata.name(char, "")
        return next((c for word, c in _SCRIPT_WORDS if word in name), CharClass.OTHER_LETTER)
    if category[0] == "C" and category != "Cf":
        return CharClass.CONTROL
    if 0xFE00 <= ord(char) <= 0xFE0F:
        return CharClass.IGNORED
    return _BY_CATEGORY.get(category, CharClass.SYMBOL)


def _fold_of(char: str, simplified: dict[str, str]) -> str:
    """Compatibility form of one character, lower case, one character long."""
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) > 1:
        # Circled and parenthesised letters and digits carry their sign inside, as in "(8)" or "8.".
        core = [c for c in folded if c.isalnum()]
        folded = core[0] if len(core) == 1 else char
    if not folded.strip() and char.strip():
        return char
    lowered = folded.lower()
    folded = lowered if len(lowered) == 1 else folded
    folded = _DRESSED.get(folded, folded)
    return simplified.get(folded, folded)


def build(simplified: dict[str, str], latin_twins: dict[str, str]) -> dict[str, NDArray[np.uint32]]:
    """Work the tables out from Python's Unicode data and pack them.

    Parameters
    ----------
    simplified
        Traditional Han characters to their simplified form.
    latin_twins
        Cyrillic and Greek letters to the Latin letter they look like, lower case.

    Returns
    -------
    dict of str to uint32 arrays
        What :func:`load` unpacks: changed code points with their fold, class runs, twins.
    """
    fold = np.arange(N_CODE_POINTS, dtype=np.uint32)
    classes = np.full(N_CODE_POINTS, CharClass.CONTROL, dtype=np.uint32)
    for code in range(N_CODE_POINTS):
        char = chr(code)
        if 0xD800 <= code <= 0xDFFF or unicodedata.category(char) in ("Cn", "Co"):
            continue
        folded = _fold_of(char, simplified)
        fold[code] = ord(folded)
        classes[code] = _class_of(folded)
    changed = np.flatnonzero(fold != np.arange(N_CODE_POINTS)).astype(np.uint32)
    runs = np.flatnonzero(np.diff(classes, prepend=classes[0] + 1)).astype(np.uint32)
    twins = sorted(latin_twins.items())
    return {
        "fold_from": changed,
        "fold_to": fold[changed],
        "run_start": runs,
        "run_class": classes[runs],
        "twin_from": np.array([ord(a) for a, _ in twins], dtype=np.uint32),
        "twin_to": np.array([ord(b) for _, b in twins], dtype=np.uint32),
    }


def _simplified() -> dict[str, str]:
    """Traditional Han characters to simplified ones, one to one, as OpenCC has them."""
    listing = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in listing.splitlines() if "\t" in line)
    return {old: new.split(" ")[0] for old, new in pairs if len(old) == len(new.split(" ")[0]) == 1}


def main() -> None:
    """Write the tables into the package."""
    target = Path(str(files("spamguard.text").joinpath(FILE_NAME)))
    np.savez_compressed(target, allow_pickle=False, **build(_simplified(), _LATIN_TWINS))


if __name__ == "__main__":
    main()

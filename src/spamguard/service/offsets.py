"""Offsets in the units that other languages count in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from spamguard.errors import InputError

Unit = Literal["codepoint", "utf16", "byte"]
_CODECS = {"utf16": ("utf-16-le", 2), "byte": ("utf-8", 1)}


def from_code_points(text: str, positions: Sequence[int], unit: Unit) -> list[int]:
    """Turn code-point positions into another unit.

    Parameters
    ----------
    text
        The text that the positions speak of.
    positions
        Ascending, each 0 to the text's length.
    unit
        "codepoint", "utf16" for code units as in JavaScript and Java, "byte" for UTF-8. A lone
        surrogate counts as one unit of UTF-16, and as three bytes.

    Examples
    --------
    >>> from_code_points("a😀b", [1, 2, 3], "utf16"), from_code_points("a😀b", [1, 2, 3], "byte")
    ([1, 3, 4], [1, 5, 6])
    """
    if unit == "codepoint" or text.isascii():
        return list(positions)
    found, before, total = [], 0, 0
    for position in positions:
        total += length(text[before:position], unit)
        before = position
        found.append(total)
    return found


def to_code_points(text: str, positions: Sequence[int], unit: Unit) -> list[int]:
    """Turn positions of a unit into code points.

    Parameters
    ----------
    text
        The text that the positions speak of.
    positions
        Ascending.
    unit
        As for :func:`from_code_points`.

    Raises
    ------
    InputError
        If a position lies inside a character, before the last one or past the end.

    Examples
    --------
    >>> to_code_points("a😀b", [1, 3, 4], "utf16")
    [1, 2, 3]
    """
    codec, width = ("utf-8", 1) if text.isascii() else _CODECS.get(unit, ("utf-32-le", 4))
    encoded = text.encode(codec, "surrogatepass")
    found, before, total = [], 0, 0
    for position in positions:
        piece = encoded[before * width : position * width]
        if position < before or len(piece) != (position - before) * width:
            raise InputError("an offset is past the end, or before the one in front of it")
        try:
            total += len(piece.decode(codec, "surrogatepass"))
        except UnicodeDecodeError:
            raise InputError("an offset lies inside a character") from None
        if not _is_boundary(encoded, position * width, codec):
            raise InputError("an offset lies inside a character")
        before = position
        found.append(total)
    return found


def length(text: str, unit: Unit) -> int:
    """Return the length of a text in a unit.

    Examples
    --------
    >>> length("😀", "codepoint"), length("😀", "utf16"), length("😀", "byte")
    (1, 2, 4)
    """
    if unit == "codepoint":
        return len(text)
    codec, width = _CODECS[unit]
    return len(text.encode(codec, "surrogatepass")) // width


def _is_boundary(encoded: bytes, at: int, codec: str) -> bool:
    """Whether a position of UTF-16 is not between the halves of a pair, which decode alone as well."""
    if codec != "utf-16-le" or not 2 <= at <= len(encoded) - 2:
        return True
    return not (0xD8 <= encoded[at - 1] <= 0xDB and 0xDC <= encoded[at + 1] <= 0xDF)

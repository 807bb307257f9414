"""Lines and columns for offsets."""

from __future__ import annotations

import re
from bisect import bisect_right

_LINE_BREAK = re.compile("\r\n|\r|\n")


class Places:
    r"""Finds the line and column of an offset, as an editor counts them.

    Parameters
    ----------
    text
        The text that the offsets speak of.

    Examples
    --------
    >>> Places("one\r\ntwo").of(6)
    (2, 2)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]

    def of(self, offset: int) -> tuple[int, int]:
        """Return line and column, both counted from 1, columns in code points."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

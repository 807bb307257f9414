"""Lines of a CSV file to its rows, where quotation marks may not be what they should."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator

from spamguard.batch.formats.plain import decoded
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, Unit
from spamguard.errors import FormatError

QUOTED = re.compile(r'"(?:[^"]|"")*+"')
# No article has so many lines: a quotation that is open longer was opened by mistake.
_MAX_LINES = 10_000
_MAX_HEAD_LINES = 100
_STRAY = "a quotation mark opens a cell that is not closed as a cell is; left alone"


class Lines:
    """The lines of a file, some of which may be given back.

    Parameters
    ----------
    units
        The lines, from :func:`spamguard.batch.formats.lines.read_lines`.

    Examples
    --------
    >>> lines = Lines(iter([Unit(b"one"), Unit(b"two")]))
    >>> lines.give_back([lines.take()])
    >>> lines.take().raw
    b'one'
    """

    def __init__(self, units: Iterator[Unit]) -> None:
        self._units = units
        self._waiting: deque[Unit] = deque()

    def take(self) -> Unit | None:
        """Return the next line, if there is one."""
        return self._waiting.popleft() if self._waiting else next(self._units, None)

    def give_back(self, lines: list[Unit]) -> None:
        """Let lines be the next."""
        self._waiting.extendleft(reversed(lines))


def head_of(lines: Lines, first: Unit, encoding: str | None) -> list[Unit]:
    """Return the lines of the first row: up to where quotation marks are even; the first line where never."""
    taken, n_marks = [first], _n_marks(first, encoding)
    while n_marks % 2 and len(taken) < _MAX_HEAD_LINES and (line := lines.take()) is not None:
        taken.append(line)
        n_marks += _n_marks(line, encoding)
    if n_marks % 2:
        lines.give_back(taken[1:])
        return taken[:1]
    return taken


def _n_marks(line: Unit, encoding: str | None) -> int:
    """Return how many quotation marks are in a line."""
    return decoded(line, encoding, is_sniffed=True).text.count('"') if line.is_text else 0


def rows_of(
    lines: Lines, encoding: str | None, delimiter: str, is_row: Callable[[str], bool]
) -> Iterator[Unit]:
    """Yield rows, numbered as their first lines; a line with a stray quotation mark has a fault.

    Parameters
    ----------
    lines
        What follows the head.
    encoding
        What they are in.
    delimiter
        What stands between cells.
    is_row
        Whether some lines can be a row; else the first is one by itself, and amiss.
    """
    while (line := lines.take()) is not None:
        taken = [line]
        if not line.is_text or b'"' not in line.raw:
            yield line
        elif _take_row(lines, taken, encoding, delimiter, is_row):
            yield Unit(b"".join(one.raw for one in taken), line.record)
        else:
            lines.give_back(taken[1:])
            yield Unit(line.raw, line.record, is_text=False, fault=_STRAY)


def _take_row(
    lines: Lines, taken: list[Unit], encoding: str | None, delimiter: str, is_row: Callable[[str], bool]
) -> bool:
    """Take the lines that go on with a row; say whether they are one."""
    texts, n_bytes, is_open = [], 0, False
    try:
        while True:
            n_bytes += len(taken[-1].raw)
            texts.append(decoded(taken[-1], encoding, is_sniffed=True).text)
            is_open = _is_open(texts[-1], delimiter, is_open)
            if not is_open:
                return len(taken) == 1 or is_row("".join(texts))
            line = lines.take()
            if line is None:
                return False
            taken.append(line)
            if line.fault or len(taken) > _MAX_LINES or n_bytes > MAX_UNIT_BYTES:
                return False
    except FormatError:
        # A line alone is a row, whatever is wrong with it.
        return len(taken) == 1


def _is_open(line: str, delimiter: str, was_open: bool) -> bool:
    """Say whether a quotation is open behind a line.

    Raises
    ------
    FormatError
        If the one that was open before it ends within a cell.
    """
    # What goes on with a quotation is read as one that it opens.
    text, position, is_strict = ('"' + line if was_open else line), 0, was_open
    while True:
        if text.startswith('"', position):
            quoted = QUOTED.match(text, position)
            if quoted is None:
                return True
            position = quoted.end()
            if is_strict and text[position:] and not text.startswith((delimiter, "\r", "\n"), position):
                raise FormatError(_STRAY)
        position = text.find(delimiter, position) + len(delimiter)
        if position < len(delimiter):
            return False
        is_strict = False

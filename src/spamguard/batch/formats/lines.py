"""Lines of a file as bytes, of bounded length, in narrow and wide encodings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from spamguard.batch.encoding import sniff
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, Unit

_BLOCK_BYTES = 1_000_000


def read_lines(source: BinaryIO, encoding: str | None, *, old_mac: bool = False) -> Iterator[Unit]:
    r"""Yield the lines of a file with their line breaks, numbered from 1.

    A blank line holds no text. A line beyond the limit comes in pieces, the first of which has a fault.

    Parameters
    ----------
    source
        The file.
    encoding
        As for :func:`spamguard.batch.encoding.decode`. Each unit's hint is the encoding that was seen.
    old_mac
        Whether lines end with a carriage return where the file's beginning has no line feed.

    Yields
    ------
    Unit
        One for each line.

    Examples
    --------
    >>> import io
    >>> [unit.raw for unit in read_lines(io.BytesIO(b"one\n\ntwo"), None)]
    [b'one\n', b'\n', b'two']
    """
    block = source.read(_BLOCK_BYTES)
    seen = sniff(block)[0] or encoding
    number, too_long = 1, False
    line_end, old_end = ("\n".encode(seen or "ascii"), "\r".encode(seen or "ascii"))
    if old_mac and _find(block, line_end, 0) < 0 <= _find(block, old_end, 0):
        line_end = old_end
    for line, is_whole in _split(source, block, line_end):
        if is_whole and not too_long:
            yield Unit(line, number, is_text=bool(line.strip(b"\0 \t\r\n")), hint=(seen,))
        else:
            fault = "" if too_long else f"a line of more than {MAX_UNIT_BYTES:,} bytes; left alone"
            yield Unit(line, number, is_text=False, fault=fault)
        too_long = not is_whole
        number += is_whole


def _split(source: BinaryIO, block: bytes, line_end: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield lines; of one that is too long pieces, each but the last marked as not whole."""
    rest = b""
    while block:
        start = 0
        held = rest + block if rest else block
        searched = len(rest) - len(rest) % len(line_end)
        while (at := _find(held, line_end, max(start, searched))) >= 0:
            yield held[start : at + len(line_end)], True
            start = at + len(line_end)
        rest = held[start:]
        if len(rest) > MAX_UNIT_BYTES:
            yield rest, False
            rest = b""
        # A long line is read in blocks that grow with it, so that it is not copied over and over.
        block = source.read(max(_BLOCK_BYTES, len(rest)))
    if rest:
        yield rest, True


def _find(held: bytes, line_end: bytes, start: int) -> int:
    """Return where the next line break stands, at a character's bound."""
    at = held.find(line_end, start)
    while at >= 0 and at % len(line_end):
        at = held.find(line_end, at + 1)
    return at

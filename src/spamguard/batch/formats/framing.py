"""Where the records of a WARC file begin and end, damaged ones included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from spamguard.batch.formats.protocol import MAX_UNIT_BYTES

PIECE_BYTES = 1_000_000
BLOCK_BYTES = 65_536
_HEAD = re.compile(rb"WARC/\d\.\d+\r\n(?:[^\r\n]+\r\n)+\r\n")
_END = b"\r\n\r\n"
_MAX_HEAD_BYTES = 1_000_000
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,15})[ \t]*\r$")
# A head is told from text that speaks of one by the line break before it and the field behind it.
_NEXT = re.compile(rb"\r\n(WARC/\d\.\d\r\n[A-Za-z][A-Za-z-]{1,30}:)")
_NEXT_BYTES = 64
DAMAGED = "not read as a WARC record; left alone"
BROKEN_OFF = "the record breaks off before its end; left alone"


@dataclass(frozen=True, slots=True)
class Frame:
    """The next piece of a file.

    Parameters
    ----------
    raw
        The bytes as they stand in the file.
    content
        The record, unpacked; of one beyond the limit its beginning, of a damaged one or a further piece
        nothing.
    is_large
        Whether the record is beyond the limit.
    is_first
        Whether the piece begins a record.
    fault
        What is wrong with the record.

    Examples
    --------
    >>> Frame(b"as it came", fault="damaged").content
    b''
    """

    raw: bytes
    content: bytes = b""
    is_large: bool = False
    is_first: bool = True
    fault: str = ""


class Window:
    """The bytes of a file from some place on, as many as were asked for.

    Examples
    --------
    >>> import io
    >>> window = Window(io.BytesIO(b"Good news."))
    >>> window.fill(4), window.take(4), window.read()
    (True, b'Good', b' news.')
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.held = bytearray()

    def fill(self, n_bytes: int) -> bool:
        """Hold so many bytes; say whether there are."""
        while len(self.held) < n_bytes:
            block = self._source.read(max(BLOCK_BYTES, n_bytes - len(self.held)))
            if not block:
                return False
            self.held += block
        return True

    def take(self, n_bytes: int) -> bytes:
        """Return the next bytes and forget them."""
        raw = bytes(self.held[:n_bytes])
        del self.held[:n_bytes]
        return raw

    def read(self, size: int = -1) -> bytes:
        """Read on as from a file."""
        if not self.held:
            return self._source.read(size)
        return self.take(len(self.held)) + self._source.read() if size < 0 else self.take(size)


def size_of(head: bytes | bytearray) -> int:
    """Return how many bytes a record has from its head to the end of its block; 0 where there is no head."""
    found = _HEAD.match(head)
    length = _LENGTH.search(found[0]) if found else None
    return found.end() + int(length[1]) if found and length else 0


def plain_frames(window: Window) -> Iterator[Frame]:
    """Yield the records of a file that is not packed, with the line breaks behind them."""
    while window.fill(1):
        window.fill(BLOCK_BYTES)
        while _END not in window.held and len(window.held) < _MAX_HEAD_BYTES:
            if not window.fill(len(window.held) + BLOCK_BYTES):
                break
        size = size_of(window.held)
        if size > MAX_UNIT_BYTES:
            yield from _large_record(window, size)
            continue
        is_whole = window.fill(size) and size > 0
        end = _behind_breaks(window, size)
        # The right end behind it is enough: the damage may be in the next record's head.
        is_ended = (
            end - size == len(_END) or not window.fill(end + 1) or window.held.startswith(b"WARC/", end)
        )
        if is_whole and is_ended:
            raw = window.take(end)
            yield Frame(raw, raw)
        else:
            yield from _lost(window, BROKEN_OFF if size and not is_whole else DAMAGED)


def _behind_breaks(window: Window, at: int) -> int:
    """Return where the line breaks from some place on end."""
    while window.fill(at + 1) and window.held[at] in b"\r\n":
        at += 1
    # What comes next must be told apart.
    window.fill(at + _NEXT_BYTES)
    return at


def _large_record(window: Window, size: int) -> Iterator[Frame]:
    """Yield a record beyond the limit in pieces."""
    window.fill(BLOCK_BYTES)
    content, is_first = bytes(window.held[:BLOCK_BYTES]), True
    while size > 0 and window.fill(1):
        raw = window.read(min(size, PIECE_BYTES))
        size -= len(raw)
        yield Frame(raw, content if is_first else b"", is_large=True, is_first=is_first)
        is_first = False
    yield Frame(window.take(_behind_breaks(window, 0)), is_first=False, fault=BROKEN_OFF if size else "")


def _lost(window: Window, fault: str) -> Iterator[Frame]:
    """Yield the bytes up to where the next record surely begins."""
    is_first = is_more = True
    while is_more:
        window.fill(PIECE_BYTES)
        found = _NEXT.search(window.held)
        end = found.start(1) if found else len(window.held) - _NEXT_BYTES
        is_more = found is None and window.fill(len(window.held) + 1)
        raw = window.take(end if found or is_more else len(window.held))
        yield Frame(raw, is_first=is_first, fault=fault if is_first else "")
        is_first = False

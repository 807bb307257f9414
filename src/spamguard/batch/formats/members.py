"""Records of a WARC file that is compressed, each as a gzip member of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from spamguard.batch.formats.framing import BLOCK_BYTES, BROKEN_OFF, PIECE_BYTES, Frame, Window, size_of
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES

GZIP = b"\x1f\x8b\x08"
_DAMAGED = "damaged .gz data; left alone"
_SEVERAL = "more than one record in a gzip member; left alone"
# Most members are shorter than a block, and what is behind them is copied.
_FEED_BYTES = 8_192
# What a record may have besides its block.
_ROOM_BYTES = 1_000_000
# From so many packed bytes the first of a record can be unpacked.
_START_BYTES = 1_024
_START = b"WARC/"


class _Member:
    """A gzip member at the start of a window, unpacked block by block; nothing is taken from the window."""

    def __init__(self, window: Window) -> None:
        self._window, self._unpacker = window, zlib.decompressobj(31)
        self.content = bytearray()
        self.n_packed = self.n_made = 0
        self.fault = ""

    @property
    def is_open(self) -> bool:
        """Whether there is more of it."""
        return not (self.fault or self._unpacker.eof)

    def unpack(self) -> None:
        """Unpack the next block."""
        if not self._window.fill(self.n_packed + 1):
            self.fault = BROKEN_OFF
            return
        block = self._window.held[self.n_packed : self.n_packed + _FEED_BYTES]
        try:
            made = self._unpacker.decompress(block)
        except zlib.error:
            self.fault = _DAMAGED
            return
        self.n_packed += len(block) - len(self._unpacker.unused_data)
        self.n_made += len(made)
        if len(self.content) <= MAX_UNIT_BYTES + _ROOM_BYTES:
            self.content += made

    def taken(self) -> bytes:
        """Take what was unpacked out of the window."""
        raw, self.n_packed = self._window.take(self.n_packed), 0
        return raw

    def judge(self) -> str:
        """Say what is wrong with it as a record; nothing where it is one."""
        if self.fault:
            return self.fault
        size = size_of(self.content)
        if not self.n_made:
            return ""
        if not size or self.n_made < size:
            return BROKEN_OFF if size else _DAMAGED
        # Of a large one the rest is not held.
        return _SEVERAL if self.content[size:].strip(b"\r\n") else ""


def is_one_stream(window: Window) -> bool:
    """Say whether a file is compressed as a whole, so that its first member is not its first record."""
    member, end = _Member(window), 0
    while member.is_open and member.n_made <= MAX_UNIT_BYTES:
        member.unpack()
        end = end or size_of(member.content)
        if end and member.content[end : end + BLOCK_BYTES].strip(b"\r\n"):
            return True
    # Or the record goes on in the next member.
    behind = member.n_packed
    is_cut = member.content.startswith(_START) and (not end or member.n_made < end)
    if not is_cut or member.is_open or member.fault:
        return False
    window.fill(behind + _START_BYTES)
    return window.held.startswith(GZIP, behind) and _next_record(window, behind) != behind


def member_frames(window: Window) -> Iterator[Frame]:
    """Yield the members of a file, each a record."""
    while window.fill(1):
        window.fill(BLOCK_BYTES)
        if not window.held[0]:
            # Files are padded so; what else stands between members is damage.
            block = window.held[:BLOCK_BYTES]
            yield Frame(window.take(len(block) - len(block.lstrip(b"\0"))), is_first=False)
        elif window.held.startswith(GZIP):
            yield from _record(window)
        else:
            yield from _lost(window, _DAMAGED)


def _record(window: Window) -> Iterator[Frame]:
    """Yield a member: as a whole, or in pieces where it is too large to be held."""
    member, is_first = _Member(window), True
    while member.is_open:
        member.unpack()
        if member.n_made > MAX_UNIT_BYTES + _ROOM_BYTES and member.n_packed >= PIECE_BYTES:
            head = bytes(member.content[:BLOCK_BYTES])
            yield Frame(member.taken(), head if is_first else b"", is_large=True, is_first=is_first)
            is_first = False
    is_large = member.n_made > MAX_UNIT_BYTES + _ROOM_BYTES
    fault = member.judge()
    if member.fault:
        yield from _lost(window, fault, is_first=is_first)
        return
    content = b"" if fault or not is_first else bytes(member.content[: BLOCK_BYTES if is_large else None])
    yield Frame(member.taken(), content, is_large, is_first, fault)


def _lost(window: Window, fault: str, *, is_first: bool = True) -> Iterator[Frame]:
    """Yield the bytes up to where the next member with a record surely begins."""
    at, is_more = 1, True
    while is_more:
        window.fill(at + PIECE_BYTES)
        found, n_held = _next_record(window, at), len(window.held)
        is_more = found < 0 and window.fill(n_held + 1)
        end = found if found >= 0 else n_held - _START_BYTES * is_more
        yield Frame(window.take(end), is_first=is_first, fault=fault)
        at, is_first, fault = 0, False, ""


def _next_record(window: Window, at: int) -> int:
    """Return where a member begins whose content begins as a record does; -1 if none is in sight."""
    while (at := window.held.find(GZIP, at)) >= 0:
        try:
            if zlib.decompressobj(31).decompress(window.held[at : at + _START_BYTES], 5) == _START:
                return at
        except zlib.error:
            pass
        at += 1
    return -1

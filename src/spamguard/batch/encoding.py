"""Bytes to text and back, losing nothing: what stays is never encoded anew, it is cut out of the bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spamguard.errors import InputError

# Real text has next to no stray bytes; a file in another encoding has one in every few.
MAX_UNDECODABLE = 0.05
# UTF-16 without a mark: in western text nearly every other byte is NUL.
_NUL_SHARE = 0.3
_HEAD_BYTES = 65_536
_BLOCK_BYTES = 1_024
_ESCAPE = "spamguard-escape"
_STRAY = re.compile("[\udc00-\udcff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels stand for more than they say: pages that name the smaller set use the larger one.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "big5": "big5hkscs", "euc_kr": "cp949"}
# Their bytes mean different things depending on what came before, so that none can be cut out.
_WITH_STATE = (
    "iso2022",
    "hz",
    "utf-7",
    "punycode",
    "idna",
    "unicode_escape",
    "raw_unicode_escape",
    "charmap",
)

Change = tuple[int, int, str]


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Let each undecodable byte stand as one lone surrogate."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_ESCAPE, _escape)


def check_encoding(name: str) -> str:
    """Return the codec's own name for an encoding.

    Parameters
    ----------
    name
        What the user or the file calls it, such as ``"GB18030"``, ``"Big5"`` or ``"Shift-JIS"``.

    Raises
    ------
    InputError
        If there is no such encoding, or its bytes have no meaning of their own.

    Examples
    --------
    >>> check_encoding("Shift-JIS")
    'cp932'
    """
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except (LookupError, ValueError):
        raise InputError(f"there is no encoding {name!r}; gb18030, big5 and shift-jis are some") from None
    if codec.startswith(_WITH_STATE) or codec in ("utf-16", "utf-32"):
        raise InputError(f"{name} is not read: name a byte order, or convert the files to UTF-8")
    return "utf-8" if codec == "utf-8-sig" else _WIDER.get(codec, codec)


@dataclass(frozen=True, slots=True)
class Encoded:
    r"""A text, and the bytes that it was read from.

    Parameters
    ----------
    text
        The content; bytes that could not be decoded stand in it as lone surrogates, line ends as they were.
    raw
        The bytes of ``text``, without the byte order mark.
    encoding
        The codec between the two.
    bom
        The byte order mark in front, or nothing; offsets into ``text`` do not count it.

    Examples
    --------
    >>> document = decode(b"caf\xe9, caf\xc3\xa9, and much more to drink in the old town")
    >>> document.without([(4, 12)])[:13]
    b'caf\xe9and much '
    """

    text: str
    raw: bytes
    encoding: str = "utf-8"
    bom: bytes = b""

    def without(self, cuts: Sequence[tuple[int, int]]) -> bytes:
        """Return the bytes without some stretches of the text, disjoint and ascending."""
        return self.replaced([(start, end, "") for start, end in cuts])

    def replaced(self, changes: Sequence[Change]) -> bytes:
        """Return the bytes with stretches of the text replaced.

        Parameters
        ----------
        changes
            Start, end and new text of each; disjoint and ascending.
        """
        places = iter(self._byte_offsets([place for change in changes for place in change[:2]]))
        pieces, position = [self.bom], 0
        for _, _, new in changes:
            pieces += [self.raw[position : next(places)], new.encode(self.encoding, "surrogateescape")]
            position = next(places)
        return b"".join([*pieces, self.raw[position:]])

    def _byte_offsets(self, offsets: Sequence[int]) -> Iterator[int]:
        """Yield where characters start in the bytes; offsets ascending."""
        if self.encoding != "utf-8":
            yield from _slow_byte_offsets(self.raw, self.encoding, offsets)
            return
        at_char = at_byte = 0
        for offset in offsets:
            at_byte += len(self.text[at_char:offset].encode("utf-8", "surrogateescape"))
            at_char = offset
            yield at_byte


def _slow_byte_offsets(raw: bytes, encoding: str, offsets: Sequence[int]) -> Iterator[int]:
    """Find byte offsets by decoding again: in blocks up to the one that matters, in it byte by byte."""
    decoder = codecs.getincrementaldecoder(encoding)(_ESCAPE)
    at_char = at_byte = 0
    for offset in offsets:
        while at_char < offset:
            state = decoder.getstate()
            block = raw[at_byte : at_byte + _BLOCK_BYTES]
            n_chars = len(decoder.decode(block, at_byte + len(block) >= len(raw)))
            if at_char + n_chars <= offset and block:
                at_char, at_byte = at_char + n_chars, at_byte + len(block)
                continue
            decoder.setstate(state)
            while at_char < offset:
                made = decoder.decode(raw[at_byte : at_byte + 1], at_byte + 1 >= len(raw))
                at_char, at_byte = at_char + len(made), at_byte + 1
        # One byte can settle several characters at once: step back over those that come after.
        surplus = made[len(made) - (at_char - offset) :] if at_char > offset else ""
        yield at_byte - sum(_width(character, encoding) for character in surplus)


def _width(character: str, encoding: str) -> int:
    """Return from how many bytes a character was read."""
    return 1 if _STRAY.match(character) else len(character.encode(encoding))


def sniff(head: bytes) -> tuple[str | None, bytes]:
    """Say what a file's first bytes tell of its encoding.

    Parameters
    ----------
    head
        Its first bytes, as many as there are up to some thousand.

    Returns
    -------
    (str or None, bytes)
        The encoding, if there is a byte order mark or UTF-16 shows; the mark.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, mark
    half = len(head) // 2
    if half > 1:
        even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
        if max(even, odd) > _NUL_SHARE and min(even, odd) < _NUL_SHARE / 10:
            return ("utf-16-le" if odd > even else "utf-16-be"), b""
    return None, b""


def _mark(raw: bytes, encoding: str) -> tuple[str, bytes]:
    """Return an encoding, and its byte order mark where bytes begin with it."""
    marks = (mark for mark, codec in _MARKS if codec == encoding and raw.startswith(mark))
    return encoding, next(marks, b"")


def decode(raw: bytes, encoding: str | None = None, *, is_sniffed: bool = False) -> Encoded | None:
    """Return the text of some bytes, or None where they are none.

    Parameters
    ----------
    raw
        A whole file or record.
    encoding
        What to read it as, from :func:`check_encoding`, unless its first bytes say otherwise; UTF-8 by
        default. It counts as text if it has no NUL and at most 5 % of its bytes cannot be decoded.
    is_sniffed
        Whether the bytes are a part of a file whose first bytes were asked already: then only the mark of
        the encoding itself is looked for.
    """
    seen, bom = _mark(raw, encoding or "utf-8") if is_sniffed else sniff(raw[:_HEAD_BYTES])
    codec = seen or encoding or "utf-8"
    if b"\0" in raw and not codec.startswith(("utf-16", "utf-32")):
        return None
    content = raw[len(bom) :]
    try:
        return Encoded(content.decode(codec), content, codec, bom)
    except UnicodeDecodeError:
        text = content.decode(codec, _ESCAPE)
    n_stray = sum(1 for _ in _STRAY.finditer(text))
    return Encoded(text, content, codec, bom) if n_stray <= MAX_UNDECODABLE * len(raw) else None


def looks_binary(head: bytes) -> bool:
    """Say whether a file that starts so is no text in any encoding we read."""
    return b"\0" in head and sniff(head)[0] is None

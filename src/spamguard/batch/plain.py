"""Plain text and Markdown: bytes to text and back, losing nothing."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

# Real text has next to no stray bytes; a file in another encoding has one in every few.
MAX_UNDECODABLE = 0.05


@dataclass(frozen=True, slots=True)
class PlainText:
    r"""A text file taken apart.

    Parameters
    ----------
    text
        The content; bytes that are no UTF-8 stand in it as lone surrogates, line ends as they were.
    bom
        The byte order mark in front of it, or nothing; offsets into ``text`` do not count it.

    Examples
    --------
    >>> document = decode(b"caf\xe9, caf\xc3\xa9, and much more to drink in the old town")
    >>> document.encode(document.text)[:5]
    b'caf\xe9,'
    """

    text: str
    bom: bytes = b""

    def encode(self, text: str) -> bytes:
        """Return the file's bytes with ``text``, all or part of its own, for its content."""
        return self.bom + text.encode("utf-8", "surrogateescape")


def looks_binary(head: bytes) -> bool:
    """Say whether a file that starts so is no text in any encoding we read."""
    return b"\0" in head


def decode(raw: bytes) -> PlainText | None:
    """Return a file's text, or None where it is none.

    Parameters
    ----------
    raw
        The whole file. It counts as text if it has no NUL and at most 5 % of its bytes are not UTF-8.
    """
    if looks_binary(raw):
        return None
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    try:
        return PlainText(raw[len(bom) :].decode("utf-8"), bom)
    except UnicodeDecodeError:
        text = raw[len(bom) :].decode("utf-8", "surrogateescape")
    n_undecodable = sum("\udc80" <= character <= "\udcff" for character in text)
    return PlainText(text, bom) if n_undecodable <= MAX_UNDECODABLE * len(raw) else None

"""HTML: what a reader reads is cleaned, markup stays to the byte; an ad's own anchor goes with it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from operator import itemgetter
from typing import BinaryIO

from spamguard.batch.encoding import Encoded, check_encoding, decode, sniff
from spamguard.batch.formats.protocol import MAX_UNIT_BYTES, ByteSink, Unit
from spamguard.batch.formats.tags import Token, Tokens
from spamguard.batch.mapping import Mapped
from spamguard.errors import FormatError, InputError
from spamguard.result import CleanResult
from spamguard.spans import Interval

_REFERENCE = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
# Of a page only so much is searched for its encoding, as browsers do.
_HEAD_BYTES = 1_024
_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
# Tags that do not end a line: the words on either side belong together.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s "
    "samp small span strike strong sub sup time tt u var wbr".split()
)


class Page:
    r"""A page taken apart.

    Parameters
    ----------
    encoded
        Its source.

    Examples
    --------
    >>> page = Page(decode(b"<p>Fish &amp; chips</p><script>var a;</script>"))
    >>> page.texts
    ('Fish & chips\n',)
    """

    fields: Sequence[str] = ("",)

    def __init__(self, encoded: Encoded) -> None:
        self._encoded = encoded
        self._mapped = Mapped()
        self._anchors: list[tuple[Interval, Interval]] = []
        self._tags: list[Token] = []
        self._take_apart()
        self.texts: Sequence[str] = (self._mapped.text,)

    def locate(self, results: Sequence[CleanResult]) -> Sequence[CleanResult]:
        """Tell the cleaning as one of the source, anchors that lost all their text included."""
        [result] = results
        gone = [(edit.start, edit.end) for edit in result.edits]
        text = self.texts[0]
        anchors = [source for source, inside in self._anchors if _is_emptied(text, inside, gone)]
        return (self._mapped.located(self._encoded.text, result, anchors),)

    def write(self, results: Sequence[CleanResult]) -> bytes:
        """Return the page without what the edits took.

        Raises
        ------
        FormatError
            If what is left would be read as other markup than before.
        """
        [result] = results
        cuts = [(edit.start, edit.end) for edit in result.edits]
        source = self._encoded.text
        kept = [source[tag.start : tag.end] for tag in self._tags if not _lies_in(tag, cuts)]
        if kept != [result.text[tag.start : tag.end] for tag in Tokens(result.text) if tag.kind != "text"]:
            raise FormatError("what is left beside the spam would be read as markup; left alone")
        return self._encoded.without(cuts)

    def _take_apart(self) -> None:
        """Collect texts, anchors and tags."""
        anchor: tuple[int, int] | None = None
        for token in Tokens(self._encoded.text):
            if token.kind == "text":
                self._add_text(token)
                continue
            self._tags.append(token)
            if token.name == "a":
                if token.kind == "close" and anchor:
                    self._anchors.append(((anchor[0], token.end), (anchor[1], len(self._mapped))))
                anchor = (token.start, len(self._mapped)) if token.kind == "open" else None
            elif token.name and token.name not in _INLINE and not self._mapped.ends_with_break():
                self._mapped.add("\n", token.start, token.start)

    def _add_text(self, token: Token) -> None:
        """Add a text node, character references decoded."""
        source, position = self._encoded.text, token.start
        for found in _REFERENCE.finditer(source, token.start, token.end):
            if (character := unescape(found[0])) != found[0]:
                self._mapped.add(source[position : found.start()], position, found.start())
                self._mapped.add(character, found.start(), found.end())
                position = found.end()
        self._mapped.add(source[position : token.end], position, token.end)


def _is_emptied(text: str, inside: Interval, gone: Sequence[Interval]) -> bool:
    """Whether edits take all that is to be read in a stretch of the text, and there was something."""
    position, end = inside
    if not text[position:end].strip():
        return False
    at = bisect_right(gone, position, key=itemgetter(1))
    while at < len(gone) and gone[at][0] < end:
        if text[position : gone[at][0]].strip():
            return False
        position = gone[at][1]
        at += 1
    return not text[position:end].strip()


def _lies_in(tag: Token, cuts: Sequence[Interval]) -> bool:
    """Whether a tag is cut."""
    at = bisect_right(cuts, tag.start, key=itemgetter(0)) - 1
    return at >= 0 and tag.end <= cuts[at][1]


def declared_encoding(raw: bytes) -> str | None:
    """Return the encoding that a page declares in its head, if we read it.

    Examples
    --------
    >>> declared_encoding(b'<meta charset="gb2312">')
    'gb18030'
    """
    found = _CHARSET.search(raw, 0, _HEAD_BYTES)
    try:
        return check_encoding(found[1].decode("ascii")) if found else None
    except InputError:
        return None


@dataclass(frozen=True, slots=True)
class Html:
    """Reads a page as one document.

    Parameters
    ----------
    encoding
        What pages without a byte order mark are read as; what the page declares by default, else UTF-8.

    Examples
    --------
    >>> import io
    >>> [unit.raw for unit in Html().read(io.BytesIO(b"<p>Good news."))]
    [b'<p>Good news.']
    """

    encoding: str | None = None

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield the page; a page beyond the limit in pieces that are left alone."""
        raw = source.read(MAX_UNIT_BYTES + 1)
        if len(raw) <= MAX_UNIT_BYTES:
            yield Unit(raw)
            return
        yield Unit(raw, is_text=False, fault=f"a page of more than {MAX_UNIT_BYTES:,} bytes; left alone")
        while raw := source.read(MAX_UNIT_BYTES):
            yield Unit(raw, is_text=False)

    def parse(self, unit: Unit) -> Page:
        """Take a page apart."""
        return page_of(unit.raw, self.encoding)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes to a file."""
        return ByteSink(sink)


def page_of(raw: bytes, encoding: str | None) -> Page:
    """Take a page apart.

    Parameters
    ----------
    raw
        Its bytes.
    encoding
        What it is read as, unless it says otherwise by a byte order mark.

    Raises
    ------
    FormatError
        If it is no text.
    """
    chosen = encoding or declared_encoding(raw)
    encoded = decode(raw, chosen)
    if encoded is None:
        raise FormatError(f"not {(sniff(raw)[0] or chosen or 'utf-8').upper()} text")
    return Page(encoded)

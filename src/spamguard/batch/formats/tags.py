"""HTML in tokens whose offsets are true: joined, they are the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "open", "close", "other"]

_NAME = re.compile(r"[a-zA-Z][^\t\n\f\r />\x00]*")
# One attribute after another, quoted values as a whole, up to the tag's end.
_REST = re.compile(r"""(?:[^>"'=]+|=[\t\n\f\r ]*(?:"[^"]*"|'[^']*')?|["'])*+>""")
# What stands between such tags is no markup and, but for a title, nothing that a reader reads.
_RAW = frozenset(
    ("script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title", "plaintext")
)
_SECTIONS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"), ("</", ">"))


class Token(NamedTuple):
    """A piece of a page.

    Attributes
    ----------
    kind
        ``text`` is what a reader reads; ``other`` are comments, declarations, scripts and the like.
    start, end
        Half-open offsets.
    name
        Of a tag, in lower case.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""


class Tokens:
    """Walks a page in one pass, in time linear in its length whatever stands in it.

    Parameters
    ----------
    page
        The source of a page or of a piece of one.

    Examples
    --------
    >>> page = "<p class='a>b'>Good<br>news"
    >>> [(token.kind, page[token.start : token.end]) for token in Tokens(page)]
    [('open', "<p class='a>b'>"), ('text', 'Good'), ('open', '<br>'), ('text', 'news')]
    """

    def __init__(self, page: str) -> None:
        self._page = page
        # Terminators that are known not to come any more: each is searched in vain but once.
        self._absent: set[str] = set()

    def __iter__(self) -> Iterator[Token]:
        """Yield the tokens."""
        text_start = position = 0
        while (at := self._page.find("<", position)) >= 0:
            token = self._markup(at)
            if token is None:
                position = at + 1
                continue
            if text_start < at:
                yield Token("text", text_start, at)
            yield token
            text_start = position = token.end
            if token.kind == "open" and token.name in _RAW:
                text_start = position = self._raw_end(token)
                if token.end < position:
                    yield Token("text" if token.name == "title" else "other", token.end, position)
        if text_start < len(self._page):
            yield Token("text", text_start, len(self._page))

    def _markup(self, at: int) -> Token | None:
        """Return the markup that starts with a ``<``, if it is any."""
        if name := _NAME.match(self._page, at + 1):
            return self._tag("open", at, name)
        if name := _NAME.match(self._page, at + 2) if self._page.startswith("</", at) else None:
            return self._tag("close", at, name)
        for opening, closing in _SECTIONS:
            if self._page.startswith(opening, at):
                end = self._find(closing, at + len(opening))
                return Token("other", at, end + len(closing)) if end >= 0 else None
        return None

    def _tag(self, kind: Kind, at: int, name: re.Match[str]) -> Token:
        """Return a tag; one that is never closed swallows the rest of the page, as in a browser."""
        rest = _REST.match(self._page, name.end())
        return Token(kind, at, rest.end(), name[0].lower()) if rest else Token("other", at, len(self._page))

    def _find(self, needle: str, start: int) -> int:
        """Return where a terminator comes next, -1 if never."""
        if needle in self._absent:
            return -1
        found = self._page.find(needle, start)
        if found < 0:
            self._absent.add(needle)
        return found

    def _raw_end(self, tag: Token) -> int:
        """Return where the content of a raw element ends."""
        if tag.name in self._absent:
            return len(self._page)
        closing = re.compile(rf"</{tag.name}(?=[\t\n\f\r />])", re.IGNORECASE).search(self._page, tag.end)
        if closing is None:
            self._absent.add(tag.name)
        return closing.start() if closing else len(self._page)

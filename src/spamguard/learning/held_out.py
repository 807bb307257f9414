"""What must never be trained on: digests of a benchmark's strings and of its articles' lines."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_PIECES = re.compile(r"[|_,，、/｜·•;；\n]+|\s[-–—]\s")
_SHORTEST_LINE = 30


def key(text: str) -> str:
    """Fold a string to its letters and digits, so that a disguise or a frame makes no other string."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def digest(text: str) -> str:
    """Return 16 hexadecimal digits that stand for a folded string."""
    return hashlib.blake2b(key(text).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class HeldOut:
    """Knows the strings and lines that must not be trained on, by digest alone.

    Parameters
    ----------
    digests
        What :func:`digest` gave for them.

    Examples
    --------
    >>> held_out = HeldOut([digest("buy pills")])
    >>> held_out.allows("BUY  pills!"), held_out.allows("sell pills")
    (False, True)
    """

    def __init__(self, digests: Iterable[str]) -> None:
        self._digests = frozenset(digests)

    @classmethod
    def read(cls, path: Path) -> HeldOut:
        """Read one digest a line; lines that start with ``#`` are comments."""
        lines = path.read_text("ascii").split("\n")
        return cls(line for line in lines if line and not line.startswith("#"))

    def allows(self, string: str) -> bool:
        """Whether a spam string, and each piece that its separators cut, may be trained on."""
        pieces = [string, *_PIECES.split(string)]
        return all(digest(piece) not in self._digests for piece in pieces if key(piece))

    def allows_article(self, text: str) -> bool:
        """Whether an article shares no long line with the held-out ones."""
        return all(digest(line) not in self._digests for line in long_lines(text))


def long_lines(text: str) -> list[str]:
    """Lines of an article that are long enough to be its own."""
    return [line for line in text.split("\n") if len(line) >= _SHORTEST_LINE]

"""Articles with ads in them, built piece by piece so that the ads' offsets are known."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Protocol

from spamguard.spans import Interval


class AdSource(Protocol):
    """Anything that gives ads."""

    def ad(self, rng: random.Random) -> str:
        """Return one ad."""
        ...


@dataclass
class Polluted:
    """An article with ads in it.

    Attributes
    ----------
    text
        The polluted text.
    spans
        Half-open code-point offsets of the ads, ascending, disjoint.
    pattern
        Name of the placement.
    """

    text: str
    spans: list[Interval]
    pattern: str


@dataclass
class Builder:
    """A text that grows piece by piece and remembers where its ads lie."""

    pieces: list[str] = field(default_factory=list)
    spans: list[Interval] = field(default_factory=list)
    length: int = 0

    def keep(self, text: str) -> None:
        """Append genuine text."""
        self.pieces.append(text)
        self.length += len(text)

    def spam(self, text: str) -> None:
        """Append an ad; lines of a many-line ad are spans of their own."""
        for i, line in enumerate(text.split("\n")):
            if i:
                self.keep("\n")
            if line:
                self.spans.append((self.length, self.length + len(line)))
                self.keep(line)

    def done(self, pattern: str) -> Polluted:
        """Return what was built."""
        return Polluted("".join(self.pieces), self.spans, pattern)

"""A text taken out of a source that writes it in another way, and the way back to where each piece stood."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from spamguard.result import CleanResult
from spamguard.seams import Edit, remove
from spamguard.spans import Interval, merge


class Mapped:
    r"""A text put together from pieces of a source.

    Examples
    --------
    >>> mapped = Mapped()
    >>> mapped.add("Fish ", 3, 8)
    >>> mapped.add("&", 8, 13)
    >>> mapped.text, mapped.ranges(3, 6)
    ('Fish &', [(6, 13)])
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._sources: list[Interval] = []
        self._length = 0

    def add(self, piece: str, start: int, end: int) -> None:
        """Add the next piece.

        Parameters
        ----------
        piece
            The text. As long as its source, it stands there letter for letter; else its source goes as
            a whole or not at all.
        start, end
            Where it stands in the source, half-open; equal where nothing stands for it.
        """
        if piece:
            self._pieces.append(piece)
            self._starts.append(self._length)
            self._sources.append((start, end))
            self._length += len(piece)

    def __len__(self) -> int:
        """Length of the text so far, in code points."""
        return self._length

    @property
    def text(self) -> str:
        """The pieces joined."""
        return "".join(self._pieces)

    def ends_with_break(self) -> bool:
        """Whether the text is empty or its last character other than a blank ends a line."""
        for piece in reversed(self._pieces):
            if kept := piece.rstrip(" \t"):
                return kept.endswith(("\n", "\r"))
        return True

    def ranges(self, start: int, end: int) -> list[Interval]:
        """Return where a stretch of the text stands in the source: disjoint, ascending."""
        found: list[Interval] = []
        at = max(0, bisect_right(self._starts, start) - 1)
        while at < len(self._starts) and self._starts[at] < end:
            first, (source, source_end) = self._starts[at], self._sources[at]
            length = len(self._pieces[at])
            if source_end - source == length:
                source_end = source + min(end - first, length)
                source += max(0, start - first)
            found.append((source, source_end))
            at += 1
        return merge(found)

    def located(self, source: str, result: CleanResult, more: Sequence[Interval] = ()) -> CleanResult:
        """Tell a cleaning of the text as one of its source.

        Parameters
        ----------
        source
            What the pieces were taken from.
        result
            The cleaning of :attr:`text`.
        more
            Further stretches of the source that go.

        Returns
        -------
        CleanResult
            Offsets are into the source, a span's text is what a reader sees.
        """
        gone = [part for edit in result.edits for part in self.ranges(edit.start, edit.end)]
        cuts = merge([*gone, *more])
        spans = []
        for span in result.spans:
            parts = self.ranges(span.start, span.end)
            if parts:
                spans.append(replace(span, start=parts[0][0], end=parts[-1][1]))
        edits = tuple(Edit(start, end, source[start:end]) for start, end in cuts)
        return CleanResult(remove(source, cuts), tuple(spans), edits)

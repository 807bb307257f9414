"""Cuts what is read at once to a bounded size, so that memory does not grow with a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Characters that a text is cut into pieces of: some 200 MB of features.
MAX_CHARS = 200_000
# Short texts are read together up to so many characters: more take memory and gain no speed.
TOGETHER_CHARS = 50_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one of several texts.

    Attributes
    ----------
    text
        Number of the text.
    start, end
        Half-open code-point offsets in it.
    """

    text: int
    start: int
    end: int


def _pieces_of(number: int, text: str, most: int) -> Iterator[Piece]:
    """Cut a text behind its last line break within reach; a longer line is cut where the reach ends."""
    start = 0
    while len(text) - start > most:
        line_break = text.rfind("\n", start, start + most)
        end = line_break + 1 if line_break >= 0 else start + most
        yield Piece(number, start, end)
        start = end
    yield Piece(number, start, len(text))


def batches_of(
    texts: Sequence[str], most: int = MAX_CHARS, together: int = TOGETHER_CHARS
) -> Iterator[list[Piece]]:
    """Group texts, and pieces of long ones, into batches of bounded size.

    Parameters
    ----------
    texts
        Any strings.
    most
        Most characters a piece, at least 1.
    together
        Most characters a batch of several pieces.

    Yields
    ------
    list of Piece
        Pieces in order; together they cover every text once.
    """
    batch: list[Piece] = []
    size = 0
    for number, text in enumerate(texts):
        for piece in _pieces_of(number, text, most):
            length = piece.end - piece.start
            if batch and size + length > together:
                yield batch
                batch, size = [], 0
            batch.append(piece)
            size += length
    if batch:
        yield batch

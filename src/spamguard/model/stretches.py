"""Cuts what is read at once to a bounded size, so that memory does not grow with a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Characters of a line that is cut in two: some 200 MB of features.
MAX_CHARS = 200_000
# Characters behind which a text is cut at a line's end: the model learnt from texts that are hardly longer
# (EXPERIMENTS.md, 19).
PIECE_CHARS = 6_000
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


def _pieces_of(number: int, text: str, aim: int, most: int) -> Iterator[Piece]:
    """Cut a text behind the last line break within reach, or else the next; too long a line, anywhere."""
    start = 0
    while len(text) - start > aim:
        end = text.rfind("\n", start, start + aim) + 1 or text.find("\n", start + aim, start + most) + 1
        end = end or min(start + most, len(text))
        yield Piece(number, start, end)
        start = end
    if start < len(text) or not text:
        yield Piece(number, start, len(text))


def batches_of(
    texts: Sequence[str],
    aim: int = PIECE_CHARS,
    most: int = MAX_CHARS,
    together: int = TOGETHER_CHARS,
) -> Iterator[list[Piece]]:
    """Group texts, and pieces of long ones, into batches of bounded size.

    Parameters
    ----------
    texts
        Any strings.
    aim
        Most characters of a piece of several lines, at least 1.
    most
        Most characters of a piece of one line, at least as many.
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
        for piece in _pieces_of(number, text, aim, most):
            length = piece.end - piece.start
            if batch and size + length > together:
                yield batch
                batch, size = [], 0
            batch.append(piece)
            size += length
    if batch:
        yield batch

"""What a file tells, held until it is known whether the file was read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from spamguard.batch.answers import Answer

# A file that tells more than this goes to the disk, so that memory does not grow with it.
_MEMORY_BYTES = 8_000_000


class Held:
    """Answers to a file's units that have something to tell, in order.

    Examples
    --------
    >>> held = Held()
    >>> held.add(1, Answer().to_json())
    >>> held.add(2, Answer(fault="not JSON").to_json())
    >>> [(record, answer.fault) for record, answer in held.answers()]
    [(2, 'not JSON')]
    >>> held.close()
    """

    def __init__(self) -> None:
        self._lines = SpooledTemporaryFile(_MEMORY_BYTES)

    def add(self, record: int | None, told: str) -> None:
        """Hold what the answer to the next unit tells, from :meth:`Answer.to_json`.

        Raises
        ------
        OSError
            If the disk is full.
        """
        if told:
            self._lines.write(f"{'' if record is None else record} {told}\n".encode())

    def answers(self) -> Iterator[tuple[int | None, Answer]]:
        """Yield the record and the answer of each unit that has something to tell."""
        self._lines.seek(0)
        for line in self._lines:
            record, _, told = line.decode().partition(" ")
            yield int(record) if record else None, Answer.from_json(told)

    def close(self) -> None:
        """Let go of what was held."""
        self._lines.close()

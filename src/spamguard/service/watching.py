"""What is told of every cleaning to those who count and choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spamguard.cleaner import Guard
from spamguard.result import CleanResult
from spamguard.service.wire import Options
from spamguard.spans import Span


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that was cleaned.

    Parameters
    ----------
    guard
        What cleaned it.
    options
        What was asked for.
    text
        The raw text.
    result
        What came of it.
    below
        Spans that were left because their scores lay just below the threshold, ascending; none where
        nobody wants to know.

    Examples
    --------
    >>> import spamguard
    >>> guard = spamguard.load()
    >>> Cleaned(guard, Options(), "good", guard.clean("good")).below
    ()
    """

    guard: Guard
    options: Options
    text: str
    result: CleanResult
    below: Sequence[Span] = ()


Watch = Callable[[Cleaned], None]

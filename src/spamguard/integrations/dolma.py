"""dolma: span attributes next to documents, for its mixer to cut; no library needed to write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from spamguard.errors import InputError
from spamguard.integrations.cleaning import TextCleaner
from spamguard.result import CleanResult
from spamguard.spans import merge

# dolma's own convention: experiment, tagger, attribute.
ATTRIBUTE = "spamguard__v1__spam"
# Documents whose texts are cleaned together.
_BATCH_LINES = 64


def attributes(result: CleanResult) -> list[list[float]]:
    """Return what to cut from a text, as dolma's mixer wants it.

    Parameters
    ----------
    result
        A cleaning.

    Returns
    -------
    list of [start, end, score]
        Half-open code-point offsets into the raw text, seams included, disjoint, merged and ascending: spans
        that overlap would make the mixer garble the text. The score is the best of the spans inside.

    Examples
    --------
    >>> import spamguard
    >>> edit, span = spamguard.Edit(0, 3, "ad "), spamguard.Span(0, 2, "ad", 0.9, "other")
    >>> attributes(CleanResult("good", (span,), (edit,)))
    [[0, 3, 0.9]]
    """
    found: list[list[float]] = []
    for start, end in merge((edit.start, edit.end) for edit in result.edits):
        scores = [span.score for span in result.spans if span.start < end and start < span.end]
        found.append([start, end, max(scores, default=1.0)])
    return found


def attribute_lines(lines: Iterable[str | bytes], *, cleaner: TextCleaner | None = None) -> Iterator[str]:
    """Turn lines of a dolma documents file into lines of its attributes file.

    Parameters
    ----------
    lines
        JSON objects with ``id`` and ``text``.
    cleaner
        Model and threshold; the shipped model and its own threshold by default.

    Yields
    ------
    str
        One line for each document, in order.

    Raises
    ------
    InputError
        At the first line that is no such object, naming it.
    """
    cleaner = cleaner or TextCleaner()
    batch: list[tuple[str, str]] = []
    for number, line in enumerate(lines, start=1):
        batch.append(_document(line, number))
        if len(batch) == _BATCH_LINES:
            yield from _lines(batch, cleaner)
            batch = []
    yield from _lines(batch, cleaner)


def _lines(batch: list[tuple[str, str]], cleaner: TextCleaner) -> Iterator[str]:
    """Yield the attribute lines of some documents."""
    results = cleaner.results(text for _, text in batch)
    for (name, _), result in zip(batch, results, strict=True):
        yield json.dumps({"id": name, "attributes": {ATTRIBUTE: attributes(result)}}) + "\n"


def _document(line: str | bytes, number: int) -> tuple[str, str]:
    """Read one document."""
    try:
        fields = json.loads(line)
        name, text = fields["id"], fields["text"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        kind = type(error).__name__
        raise InputError(f"line {number}: must be a JSON object with id and text ({kind})") from None
    if not isinstance(name, str) or not isinstance(text, str):
        raise InputError(f"line {number}: id and text must be strings")
    return name, text

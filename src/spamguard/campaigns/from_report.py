"""Campaigns out of a report of `spamguard clean --report`: the spans alone, without their documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.ledger import Ledger
from spamguard.campaigns.sightings import sightings
from spamguard.campaigns.verdict import MIN_DOCUMENTS, judge
from spamguard.errors import InputError
from spamguard.spans import CATEGORIES, Span

# A line of a report holds one span; a longer one is none.
MAX_LINE_BYTES = 16_000_000


def campaigns_of_report(lines: Iterable[bytes], *, min_documents: int = MIN_DOCUMENTS) -> list[Campaign]:
    """Return what recurs in a report.

    Parameters
    ----------
    lines
        JSON lines with file, text, score, category, those of one file together; lines with a fault are
        passed over.
    min_documents
        Files that a campaign stands in at least. That they are unrelated cannot be told from a report.

    Raises
    ------
    InputError
        At the first line that is none of a report, naming the line and the field.
    """
    ledger = Ledger(threshold=0.0)
    for name, group in groupby(_read(lines), key=lambda item: item[0]):
        seen = [one for _, span in group for one in sightings(name, span.text, [span])]
        if seen:
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            ledger.add_sightings(seen, frozenset([int.from_bytes(digest)]))
    return judge(ledger.clusters(), min_documents=min_documents)


def _read(lines: Iterable[bytes]) -> Iterator[tuple[str, Span]]:
    """Yield the file and the span of each line; the span's offsets are its own text's."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"report, line {number}"
        if len(line) > MAX_LINE_BYTES:
            raise InputError(f"{place}: longer than {MAX_LINE_BYTES:,} bytes")
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{place}: not UTF-8 JSON: {error.__class__.__name__}") from None
        # A record that was left alone holds no span.
        if not (isinstance(fields, dict) and "fault" in fields):
            yield _checked(fields, place)


def _checked(fields: Any, place: str) -> tuple[str, Span]:  # noqa: ANN401  (JSON is anything)
    """Check one line."""
    if not isinstance(fields, dict):
        raise InputError(f"{place}: must be a JSON object, got {type(fields).__name__}")
    name, text, score, category = (fields.get(key) for key in ("file", "text", "score", "category"))
    if not isinstance(name, str) or not isinstance(text, str):
        raise InputError(f"{place}: fields 'file' and 'text' must be strings")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise InputError(f"{place}: field 'score' must be a number from 0 to 1")
    if category not in CATEGORIES:
        raise InputError(f"{place}: field 'category' must be one of {', '.join(CATEGORIES)}")
    return name, Span(0, len(text), text, float(score), category)

"""One suspicious string where it was seen: how it stands there, and in what company."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spamguard.campaigns.quoting import introduces_quote, is_quoted
from spamguard.campaigns.skeleton import Skeleton, skeleton_of
from spamguard.campaigns.sketch import document_signature
from spamguard.seams import fills_lines
from spamguard.spans import Category, Span

# Shorter strings are no evidence: too many good lines share three letters.
MIN_LETTERS = 4
# Of a longer string only its head is compared: what is longer is a block of ads, and hash-busters end ads.
MAX_LETTERS = 400


@dataclass(frozen=True, slots=True)
class Sighting:
    r"""A suspicious string in a document.

    Parameters
    ----------
    name
        The document.
    text
        The string as it stands there.
    letters
        Its skeleton.
    score
        Probability that it is spam, 0 to 1.
    category
        One of :data:`spamguard.CATEGORIES`.
    own_line
        Whether it fills its line.
    quoted
        Whether it stands between quotation marks or brackets, or leads up to a quotation.
    foreign
        Whether its script is another than the document's.
    script
        Class of the document's script.

    Examples
    --------
    >>> [sighting] = sightings("a.txt", "So.\nCHEAP PILLS", [Span(4, 15, "CHEAP PILLS", 0.4, "pharma")])
    >>> sighting.letters, sighting.own_line, sighting.foreign
    ('cheappills', True, False)
    """

    name: str
    text: str
    letters: str
    score: float
    category: Category
    own_line: bool = False
    quoted: bool = False
    foreign: bool = False
    script: int = 0

    @property
    def folder(self) -> str:
        """The folder of the document: what lies in one folder is likely of one site."""
        return os.path.dirname(self.name)


def sightings(name: str, text: str, spans: Sequence[Span]) -> list[Sighting]:
    """Return the sightings of a document: one for each span that is long enough to be evidence.

    Parameters
    ----------
    name
        The document's name.
    text
        Its raw text.
    spans
        Suspicious spans of it, ascending and disjoint.
    """
    return sightings_in(name, text, spans, skeleton_of(text)) if spans else []


def sightings_in(name: str, text: str, spans: Sequence[Span], skeleton: Skeleton) -> list[Sighting]:
    """Return the sightings of a document whose skeleton is at hand."""
    script = skeleton.script()
    found = (_sighting(name, text, span, skeleton, script) for span in spans)
    return [seen for seen in found if seen is not None]


def _sighting(name: str, text: str, span: Span, skeleton: Skeleton, script: int) -> Sighting | None:
    """Describe one span; None if it is too short."""
    first, last = np.searchsorted(skeleton.raw, [span.start, span.end]).tolist()
    letters = skeleton.letters[first:last][:MAX_LETTERS]
    if len(letters) < MIN_LETTERS:
        return None
    return Sighting(
        name=name,
        text=span.text,
        letters=letters,
        score=span.score,
        category=span.category,
        own_line=fills_lines(text, span.start, span.end),
        quoted=is_quoted(text, span.start, span.end) or introduces_quote(text, span.end),
        foreign=skeleton.script(first, last) != script,
        script=script,
    )


def company(text: str, spans: Sequence[Span]) -> frozenset[int]:
    """Return the fingerprint of what a document holds beside the suspicious spans."""
    return company_in(skeleton_of(text), spans)


def company_in(skeleton: Skeleton, spans: Sequence[Span]) -> frozenset[int]:
    """Return the fingerprint of what stands beside spans, ascending and disjoint, by the whole's skeleton."""
    bounds = np.searchsorted(skeleton.raw, [bound for span in spans for bound in (span.start, span.end)])
    ends = [0, *bounds.tolist(), len(skeleton.letters)]
    kept = (skeleton.letters[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))
    return document_signature("".join(kept))

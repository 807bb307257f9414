"""The first pass: texts cleaned as they always are, with an ear for what the detector only suspects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spamguard.campaigns.sightings import Sighting, company_in, sightings_in
from spamguard.campaigns.skeleton import skeletons_of
from spamguard.cleaner import Guard
from spamguard.nearmisses import NearMisses
from spamguard.result import CleanResult
from spamguard.spans import Span


@dataclass(frozen=True, slots=True)
class Heard:
    """What the first pass makes of a document.

    Parameters
    ----------
    result
        Its cleaning, as one pass would do it.
    suspected
        Spans of the cleaned text below the threshold.
    sightings
        What was found and what is suspected, as evidence.
    company
        Fingerprint of the rest; empty where there is no evidence.

    Examples
    --------
    >>> Heard(CleanResult("It rained.")).sightings
    ()
    """

    result: CleanResult
    suspected: tuple[Span, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    company: frozenset[int] = frozenset()


class Listener:
    """Cleans documents and hears what is suspicious in them, at the cost of cleaning alone.

    Parameters
    ----------
    guard
        Whose detector finds.
    sure
        Score from which a span is removed, 0 to 1.
    suspected
        Score from which a span is heard, 0 to 1.

    Examples
    --------
    >>> import spamguard
    >>> listener = Listener(spamguard.load(), sure=0.9, suspected=0.02)
    >>> [one.result.text for one in listener.hear([("a.txt", "It rained.")])]
    ['It rained.']
    """

    def __init__(self, guard: Guard, *, sure: float, suspected: float) -> None:
        self._detector = guard.detector
        self._sure, self._margin = sure, max(0.0, sure - suspected)

    def hear(self, documents: Sequence[tuple[str, str]]) -> list[Heard]:
        """Return what is heard in documents, names and texts; the more at once, the less each costs."""
        near = NearMisses(self._detector, self._margin)
        results = list(Guard(near).clean_many((text for _, text in documents), threshold=self._sure))
        suspected = [tuple(near.below(one.text)) for one in results]
        heard = [Heard(*pair) for pair in zip(results, suspected, strict=True)]
        odd = [i for i, one in enumerate(heard) if one.result.spans or one.suspected]
        told = iter(_as_evidence([documents[i] for i in odd], [heard[i] for i in odd]))
        return [next(told) if one.result.spans or one.suspected else one for one in heard]


def _as_evidence(documents: Sequence[tuple[str, str]], heard: Sequence[Heard]) -> list[Heard]:
    """Add the evidence to documents in which something was found or is suspected."""
    whole = skeletons_of([text for _, text in documents])
    cleaned = iter(skeletons_of([one.result.text for one in heard if one.result.changed]))
    told = []
    for (name, text), one, skeleton in zip(documents, heard, whole, strict=True):
        left = next(cleaned) if one.result.changed else skeleton
        seen = sightings_in(name, text, one.result.spans, skeleton)
        seen += sightings_in(name, one.result.text, one.suspected, left)
        beside = company_in(left, one.suspected) if seen else frozenset()
        told.append(replace(one, sightings=tuple(seen), company=beside))
    return told

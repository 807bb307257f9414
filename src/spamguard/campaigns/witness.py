"""What the corpus knows, asked about one text: which stretches of it are a campaign's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import cast

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.occurrences import Finder, Occurrence
from spamguard.campaigns.quoting import is_quoted
from spamguard.campaigns.sightings import sightings
from spamguard.campaigns.skeleton import Skeleton, skeleton_of
from spamguard.campaigns.sketch import Signature, bands, similarity, string_signature
from spamguard.spans import Category, Span

# A suspected span that has this share of shingles in common with a campaign's string is the campaign's: more
# than joins strings that were seen many times, for this one is seen alone.
MIN_LIKENESS = 0.7


class Witness:
    """Says which stretches of a text are a known campaign's.

    Parameters
    ----------
    campaigns
        What recurs over the corpus; only those whose verdict is ``campaign`` are looked for.

    Examples
    --------
    >>> known = Campaign("campaign", "pharma", 9, 9, 9, mean_score=0.8, strings=("cheappills",))
    >>> [span.text for span in Witness([known]).spans("It rained. Cheap pills! It stopped.")]
    ['Cheap pills']
    """

    def __init__(self, campaigns: Iterable[Campaign]) -> None:
        known = [one for one in campaigns if one.verdict == "campaign"]
        self._campaign_of = {letters: one for one in reversed(known) for letters in one.strings}
        self._finder = Finder(self._campaign_of)
        self._shelves: dict[tuple[int, Signature], list[tuple[Signature, Campaign]]] = {}
        for letters, campaign in self._campaign_of.items():
            signature = string_signature(letters)
            for band in bands(signature):
                self._shelves.setdefault(band, []).append((signature, campaign))

    def spans(
        self, text: str, suspected: Sequence[Span] = (), skeleton: Skeleton | None = None
    ) -> list[Span]:
        """Return the stretches of a text that are a campaign's, ascending and disjoint.

        Parameters
        ----------
        text
            The text.
        suspected
            Spans of it below the threshold: one that is much like a campaign's string is taken as it stands.
        skeleton
            The text's skeleton, where it is at hand.

        Returns
        -------
        list of Span
            None of them between quotation marks or brackets: there a campaign is spoken of.
        """
        skeleton = skeleton or skeleton_of(text)
        found = [self._span(text, skeleton, one) for one in self._finder.find(skeleton)]
        known = [span for span in map(self._known, suspected) if span is not None]
        found = [*found, *(span for span in known if not _overlaps(span, found))]
        found = [span for span in found if not is_quoted(text, span.start, span.end)]
        return sorted(found, key=lambda span: span.start)

    def _span(self, text: str, skeleton: Skeleton, one: Occurrence) -> Span:
        """Return the span of an occurrence."""
        campaign = self._campaign_of[one.letters]
        start, end = skeleton.to_raw(one.start, one.end)
        return Span(start, end, text[start:end], campaign.mean_score, cast(Category, campaign.category))

    def _known(self, span: Span) -> Span | None:
        """Return a suspected span if it is much like a campaign's string."""
        seen = sightings("", span.text, [Span(0, len(span.text), span.text, span.score, span.category)])
        if not seen:
            return None
        signature = string_signature(seen[0].letters)
        near = [pair for band in bands(signature) for pair in self._shelves.get(band, ())]
        return span if any(similarity(known, signature) >= MIN_LIKENESS for known, _ in near) else None


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span shares a character with one of others that are ascending and disjoint."""
    at = bisect_left(others, span.end, key=lambda other: other.start)
    return at > 0 and others[at - 1].end > span.start

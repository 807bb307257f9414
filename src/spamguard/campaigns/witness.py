"""What the corpus knows, asked about one text: which stretches of it are a campaign's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import cast

from spamguard.campaigns.campaign import Campaign
from spamguard.campaigns.occurrences import Finder, Occurrence
from spamguard.campaigns.quoting import is_quoted
from spamguard.campaigns.sightings import MAX_LETTERS, MIN_LETTERS
from spamguard.campaigns.skeleton import Skeleton, skeleton_of, skeletons_of
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
        self._shelves: dict[tuple[int, Signature], list[Signature]] = {}
        for signature in map(string_signature, self._campaign_of):
            for band in bands(signature):
                self._shelves.setdefault(band, []).append(signature)

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
        known = self._known(suspected)
        found = [*found, *(span for span in known if not _overlaps(span, found))]
        found = [span for span in found if not is_quoted(text, span.start, span.end)]
        return sorted(found, key=lambda span: span.start)

    def _span(self, text: str, skeleton: Skeleton, one: Occurrence) -> Span:
        """Return the span of an occurrence."""
        campaign = self._campaign_of[one.letters]
        start, end = skeleton.to_raw(one.start, one.end)
        return Span(start, end, text[start:end], campaign.mean_score, cast(Category, campaign.category))

    def _known(self, suspected: Sequence[Span]) -> list[Span]:
        """Return the suspected spans that are much like a campaign's string."""
        skeletons = skeletons_of([span.text for span in suspected])
        return [
            span
            for span, skeleton in zip(suspected, skeletons, strict=True)
            if len(skeleton.letters) >= MIN_LETTERS and self._is_like(skeleton.letters[:MAX_LETTERS])
        ]

    def _is_like(self, letters: str) -> bool:
        """Whether a string is much like a campaign's."""
        signature = string_signature(letters)
        near = [known for band in bands(signature) for known in self._shelves.get(band, ())]
        return any(similarity(known, signature) >= MIN_LIKENESS for known in near)


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span shares a character with one of others that are ascending and disjoint."""
    at = bisect_left(others, span.end, key=lambda other: other.start)
    return at > 0 and others[at - 1].end > span.start

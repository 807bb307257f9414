"""What the detector found and left, because its score lay just below the threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spamguard.cleaner import Detector
from spamguard.spans import Span


class NearMisses:
    """A detector that keeps aside the spans which it would have found at a slightly lower threshold.

    A detector scores whatever it suspects before it compares the scores with the threshold: asking it once,
    for a little less, costs no more than asking for what goes.

    Parameters
    ----------
    detector
        What finds spans.
    margin
        How far below its threshold a span's score may lie, 0 to 1.

    Examples
    --------
    >>> import spamguard
    >>> from spamguard.cleaner import Guard
    >>> near = NearMisses(spamguard.load().detector, 1.0)
    >>> text = "cheap tadalafil 20mg no rx • Trains run again."
    >>> Guard(near).clean(text, threshold=1.0).changed
    False
    >>> [span.text for span in near.below(text)]
    ['cheap tadalafil 20mg no rx']
    """

    def __init__(self, detector: Detector, margin: float) -> None:
        self._detector = detector
        self._margin = margin
        self._below: dict[str, list[Span]] = {}

    @property
    def model_id(self) -> str:
        """Name of the detector's model."""
        return self._detector.model_id

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the detector's model says about itself."""
        return self._detector.manifest

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Return each text's spans, ascending and disjoint, as the detector does."""
        thresholds = self._detector.manifest["thresholds"]
        least = thresholds.get(profile or "newsroom") if threshold is None else threshold
        if not isinstance(least, int | float):
            # No such profile: the detector says so.
            return self._detector.find(texts, threshold=threshold, profile=profile)
        found = self._detector.find(texts, threshold=max(0.0, least - self._margin), profile=profile)
        for text, spans in zip(texts, found, strict=True):
            self._below[text] = [span for span in spans if span.score < least]
        return [[span for span in spans if span.score >= least] for spans in found]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say for each span what spoke for it, strongest first, as the detector does."""
        return self._detector.reasons(text, spans)

    def below(self, text: str) -> list[Span]:
        """Return the spans of a text that were left, ascending; none of a text that was not asked about."""
        return self._below.get(text, [])

"""The guard: raw text in, spans and cleaned text out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from typing import Any, Protocol, TypedDict, Unpack

from spamguard.errors import InputError
from spamguard.phrases import Choice, Phrases
from spamguard.result import CleanResult, restore
from spamguard.seams import Edit, edits_for, remove
from spamguard.spans import Category, Interval, Span, complement, merge

# A removal can uncover another ad. Real pages settle after two rounds; the bound keeps the time linear.
MAX_ROUNDS = 12
# Documents cleaned together by clean_many: enough to share the cost of a call, few enough to stay small.
BATCH_DOCUMENTS = 64


class CleanOptions(TypedDict, total=False):
    """What :meth:`Guard.clean` takes besides the text.

    Examples
    --------
    >>> options: CleanOptions = {"allow": ["Pills Museum"], "categories": ["pharma"]}
    """

    threshold: float | None
    profile: str | None
    allow: Iterable[str] | Phrases
    deny: Iterable[str] | Phrases
    categories: Iterable[Category] | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a span was found.

    Parameters
    ----------
    span
        The span.
    reasons
        What spoke for it most, and how strongly: names of features and their share of the log-odds.

    Examples
    --------
    >>> Explanation(Span(0, 2, "ad", 0.9, "other"), (("score of segment", 2.5),)).reasons[0][1]
    2.5
    """

    span: Span
    reasons: tuple[tuple[str, float], ...]


class Detector(Protocol):
    """What a guard needs of a model."""

    @property
    def model_id(self) -> str:
        """Name of the model."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the model says about itself."""
        ...

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Return each text's spans, ascending and disjoint."""
        ...

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say for each span what spoke for it, strongest first."""
        ...


class _WayBack:
    """The way from what is left of a text to the raw text.

    Parameters
    ----------
    removed
        What was taken so far: disjoint ascending intervals of the raw text.
    length
        Length of the raw text.
    """

    def __init__(self, removed: Sequence[Interval], length: int) -> None:
        kept = complement(removed, length)
        self._starts = [start for start, _ in kept]
        self._positions = [0, *accumulate(end - start for start, end in kept)]

    def to_raw(self, start: int, end: int) -> Interval:
        """Map an interval, ``start < end``; what was removed between the two ends falls inside the result."""
        return self._raw(start), self._raw(end - 1) + 1

    def _raw(self, position: int) -> int:
        """Map the position of one character."""
        piece = bisect_right(self._positions, position) - 1
        return self._starts[piece] + position - self._positions[piece]


def _absorb(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap; the joined one keeps its best member's score and category."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            best = max(last, span, key=lambda member: member.score)
            end = max(last.end, span.end)
            joined[-1] = replace(best, start=last.start, end=end, text=text[last.start : end])
        else:
            joined.append(span)
    return tuple(joined)


class _Cleaning:
    """One text on its way: what is left of it, and what was taken so far."""

    def __init__(self, text: str) -> None:
        self.raw = self.left = text
        self.spans: list[Span] = []
        self.removed: list[Interval] = []

    def take(self, found: Sequence[Span]) -> bool:
        """Remove the spans found in what is left; say whether another look is due."""
        if not found:
            return False
        way_back = _WayBack(self.removed, len(self.raw))
        for span in found:
            start, end = way_back.to_raw(span.start, span.end)
            self.spans.append(replace(span, start=start, end=end, text=self.raw[start:end]))
        edits = edits_for(self.left, [(span.start, span.end) for span in found])
        self.removed = merge([*self.removed, *(way_back.to_raw(*edit) for edit in edits)])
        self.left = remove(self.left, edits)
        return True

    def result(self) -> CleanResult:
        """Return what was done as offsets into the raw text."""
        edits = tuple(Edit(start, end, self.raw[start:end]) for start, end in self.removed)
        return CleanResult(self.left, _absorb(self.raw, self.spans), edits)


def take_more(result: CleanResult, found: Sequence[Span]) -> CleanResult:
    """Remove further spans from a cleaned text, as one more round of its cleaning.

    Parameters
    ----------
    result
        A cleaning.
    found
        Spans of ``result.text``, ascending and disjoint.

    Returns
    -------
    CleanResult
        Offsets speak of the raw text.

    Raises
    ------
    ResultError
        If the result's edits do not fit its text.

    Examples
    --------
    >>> take_more(CleanResult("ad good"), [Span(0, 2, "ad", 0.4, "other")]).text
    'good'
    """
    cleaning = _Cleaning(restore(result))
    cleaning.left = result.text
    cleaning.spans = list(result.spans)
    cleaning.removed = [(edit.start, edit.end) for edit in result.edits]
    cleaning.take(found)
    return cleaning.result()


class Guard:
    """Finds injected spam and removes it; made by :func:`spamguard.load`.

    Parameters
    ----------
    detector
        The model that finds spans.

    Examples
    --------
    >>> import spamguard
    >>> guard = spamguard.load()
    >>> guard.clean("The council met on Monday and voted for the new budget.").changed
    False
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    @property
    def detector(self) -> Detector:
        """The model that finds spans."""
        return self._detector

    @property
    def model_id(self) -> str:
        """Name of the model, with the first digits of its digest."""
        return self._detector.model_id

    @property
    def manifest(self) -> dict[str, Any]:
        """What the model says about itself: how it was made, thresholds, figures."""
        return dict(self._detector.manifest)

    def explain(self, text: str, **options: Unpack[CleanOptions]) -> list[Explanation]:
        """Return the spans that :meth:`clean` would remove, each with what spoke for it.

        Parameters
        ----------
        text
            Any string.
        **options
            As for :meth:`clean`.
        """
        spans = self.detect(text, **options)
        reasons = self._detector.reasons(text, spans)
        return [Explanation(span, why) for span, why in zip(spans, reasons, strict=True)]

    def detect(self, text: str, **options: Unpack[CleanOptions]) -> list[Span]:
        """Return the spans that :meth:`clean` would remove.

        Parameters
        ----------
        text
            Any string.
        **options
            As for :meth:`clean`.
        """
        return list(self.clean(text, **options).spans)

    def clean(
        self,
        text: str,
        *,
        threshold: float | None = None,
        profile: str | None = None,
        allow: Iterable[str] | Phrases = (),
        deny: Iterable[str] | Phrases = (),
        categories: Iterable[Category] | None = None,
    ) -> CleanResult:
        """Remove the spam from one text.

        Parameters
        ----------
        text
            Any string: empty, with lone surrogates or control characters, of any length.
        threshold
            Least score of a span, 0 to 1; the profile's by default.
        profile
            "newsroom" (precision first, the default) or "corpus" (recall first).
        allow
            Phrases that stay: no span that lies within one, holds one or overlaps one is removed.
        deny
            Phrases that go wherever they stand, unless an allowed one overlaps them.
        categories
            Categories to remove; all by default.

        Returns
        -------
        CleanResult
            Its ``text`` has every character outside the edits as it came.

        Raises
        ------
        InputError
            If ``text`` is no string, ``threshold`` is out of range, ``profile`` or a category unknown,
            or a phrase no string or blank.
        """
        choice = Choice.of(allow, deny, categories)
        return self._clean_batch([text], threshold, profile, choice)[0]

    def clean_many(
        self,
        texts: Iterable[str],
        *,
        threshold: float | None = None,
        profile: str | None = None,
        allow: Iterable[str] | Phrases = (),
        deny: Iterable[str] | Phrases = (),
        categories: Iterable[Category] | None = None,
    ) -> Iterator[CleanResult]:
        """Clean many texts, in order, at less cost than one by one.

        Parameters
        ----------
        texts
            Any strings; read a batch at a time, so that a generator streams.
        threshold, profile, allow, deny, categories
            As for :meth:`clean`.

        Yields
        ------
        CleanResult
            The same that :meth:`clean` gives for the text.

        Raises
        ------
        InputError
            As :meth:`clean`.
        """
        choice = Choice.of(allow, deny, categories)
        source = iter(texts)
        while batch := list(islice(source, BATCH_DOCUMENTS)):
            yield from self._clean_batch(batch, threshold, profile, choice)

    def _clean_batch(
        self, texts: list[str], threshold: float | None, profile: str | None, choice: Choice | None
    ) -> list[CleanResult]:
        """Clean texts together, looking again at those that changed."""
        for text in texts:
            if not isinstance(text, str):
                raise InputError(f"a text must be a str, got {type(text).__name__}")
        cleanings = [_Cleaning(text) for text in texts]
        due = cleanings
        for _ in range(MAX_ROUNDS):
            found = self._detector.find([one.left for one in due], threshold=threshold, profile=profile)
            if choice:
                found = [choice.apply(one.left, spans) for one, spans in zip(due, found, strict=True)]
            due = [one for one, spans in zip(due, found, strict=True) if one.take(spans)]
            if not due:
                break
        return [one.result() for one in cleanings]

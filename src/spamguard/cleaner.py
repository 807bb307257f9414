"""The guard: raw text in, spans and cleaned text out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypedDict, Unpack

from spamguard.errors import InputError
from spamguard.phrases import Choice, Phrases
from spamguard.result import CleanResult
from spamguard.rounds import MAX_ROUNDS, Rounds
from spamguard.spans import Category, Span

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
        taken = [Rounds(text) for text in texts]
        due = taken
        for _ in range(MAX_ROUNDS):
            found = self._detector.find([one.left for one in due], threshold=threshold, profile=profile)
            if choice:
                found = [choice.apply(one.left, spans) for one, spans in zip(due, found, strict=True)]
            due = [one for one, spans in zip(due, found, strict=True) if one.take(spans)]
            if not due:
                break
        return [one.result() for one in taken]

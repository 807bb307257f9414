"""How far a model's words go the way that labels point: as far as the gate lets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spamguard.cleaner import Guard
from spamguard.learning.proof.comparison import Comparison
from spamguard.model.detector import Detector
from spamguard.result import CleanResult

Proof = Mapping[str, Comparison]
# Shares of the way that are tried, one after the other; at a third of it little is learnt any more
# (training/few_shot/README.md).
SHARES = (1.0, 0.7, 0.5, 0.35)


@dataclass(frozen=True)
class Step:
    """A model that went part of the way, and what the gate says of it.

    Attributes
    ----------
    share
        Of the way that the words go, above 0, at most 1; what kind of spam they are is learnt whole.
    detector
        The model.
    proof
        By set of cases.
    refused
        Why it may not serve; empty if it may.
    """

    share: float
    detector: Detector
    proof: Proof
    refused: Sequence[str]


class Remembering:
    """Cleans each text once, however often a base is compared with others.

    Parameters
    ----------
    guard
        Cleans.

    Examples
    --------
    >>> import spamguard
    >>> [result.text for result in Remembering(spamguard.load()).clean_many(["It rained."] * 2)]
    ['It rained.', 'It rained.']
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._results: dict[str, CleanResult] = {}

    def clean_many(self, texts: Iterable[str]) -> Iterator[CleanResult]:
        """Return the results of texts, in order."""
        wanted = list(texts)
        new = [text for text in dict.fromkeys(wanted) if text not in self._results]
        self._results.update(zip(new, self._guard.clean_many(new), strict=True))
        return (self._results[text] for text in wanted)


def furthest(
    base: Detector,
    moved: Detector,
    judge: Callable[[Detector], tuple[Proof, Sequence[str]]],
    tell: Callable[[str], None],
) -> Step:
    """Go as far as the gate lets a model's words, by backtracking (Armijo, 1966): all the way, then less.

    Parameters
    ----------
    base, moved
        Where the way starts and where it ends.
    judge
        Proves a model, and says why it may not serve. What it judges by is selected on: measure on other
        texts what the model is worth.
    tell
        Told what is tried next.

    Returns
    -------
    Step
        The furthest that may serve; the whole way, with what speaks against it, if none may.
    """
    whole: Step | None = None
    for share, detector in _on_the_way(base, moved):
        if whole is not None:
            tell(f"the gate refuses that: the words go {share:.0%} of the way")
        step = Step(share, detector, *judge(detector))
        whole = whole or step
        if not step.refused:
            return step
    assert whole is not None
    return whole


def _on_the_way(base: Detector, moved: Detector) -> Iterator[tuple[float, Detector]]:
    """Yield models whose words are ever nearer to the base's; one alone where they did not move."""
    yield SHARES[0], moved
    start, end = base.tagger.lexical_weights, moved.tagger.lexical_weights
    if np.array_equal(start, end):
        return
    for share in SHARES[1:]:
        # As it is stored: what is measured is what will serve.
        weights = (start + share * (end - start)).astype(np.float16).astype(np.float32)
        yield share, replace(moved, tagger=replace(moved.tagger, lexical_weights=weights))

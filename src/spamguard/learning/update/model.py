"""Moves all that learns from labels: the words, and what kind of spam they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from spamguard.learning.update.categories import CategoryUpdate
from spamguard.learning.update.lesson import Lesson
from spamguard.learning.update.lexical import LexicalUpdate
from spamguard.model.detector import Detector


@dataclass(frozen=True)
class ModelUpdate:
    """What `spamguard train LABELS` does to a model.

    Attributes
    ----------
    words
        Moves the first stage.
    categories
        Moves the last one.

    Examples
    --------
    >>> sorted(ModelUpdate().describe())[:2]
    ['categories.hold', 'categories.margin']
    """

    words: LexicalUpdate = field(default_factory=LexicalUpdate)
    categories: CategoryUpdate = field(default_factory=CategoryUpdate)

    def describe(self) -> dict[str, float | str]:
        """Return its name and knobs."""
        categories = {f"categories.{name}": value for name, value in self.categories.describe().items()}
        return {**self.words.describe(), **categories}

    def __call__(self, detector: Detector, lesson: Lesson) -> Detector:
        """Return the moved detector.

        Raises
        ------
        InputError
            If the detector never learnt a category that a label names.
        """
        # Categories first: what cannot be learnt is refused before the minute's work.
        return self.words(self.categories(detector, lesson), lesson)

"""`spamguard clean` with another cleaner than the model: the same road, at a speed that shows the road.

It takes one word out of every text in which it stands. All else is the command's own: reading, processes,
writing, journal, report.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spamguard.batch.answers import Cleaner
from spamguard.cleaner import Guard
from spamguard.cli.choices import Choices, Recipe
from spamguard.cli.cleaning import clean_paths
from spamguard.spans import Span

WORD = "harbour"


class WordDetector:
    """Finds one word in the head of each text."""

    model_id = "word-1"
    manifest: Mapping[str, Any] = {"name": "word"}

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Find the word in each head of 400 characters."""
        places = [text.find(WORD, 0, 400) for text in texts]
        return [[Span(at, at + len(WORD), WORD, 1.0, "other")] if at >= 0 else [] for at in places]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say nothing."""
        return [() for _ in spans]


class StandIn(Recipe):
    """A recipe for what takes out the word."""

    def __call__(self) -> Cleaner:
        """Make it."""
        cleaner: Cleaner = Guard(WordDetector()).clean_many
        return cleaner


class StandInChoices(Choices):
    """The command's options, with the stand-in."""

    @property
    def recipe(self) -> Recipe:
        """How to make what cleans."""
        return StandIn()


def main() -> None:
    """Clean a path: source, output, report, number of workers."""
    source, out, report, workers = sys.argv[1:]
    choices = StandInChoices(paths=(Path(source),), out=Path(out), report=Path(report), workers=int(workers))
    clean_paths(choices)


if __name__ == "__main__":
    main()

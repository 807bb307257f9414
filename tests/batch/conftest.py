"""A cleaner whose outcome can be foretold, so that batch tests speak of files and not of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from spamguard.batch.run import Cleaner
from spamguard.cleaner import Guard
from spamguard.spans import Span


class WordDetector:
    """Finds every SPAM as spam."""

    model_id = "words-1"
    manifest: Mapping[str, object] = {"name": "words"}

    def find(
        self, texts: Sequence[str], *, threshold: float | None = None, profile: str | None = None
    ) -> list[list[Span]]:
        """Find the word at any threshold."""
        return [
            [Span(at, at + 4, "SPAM", 1.0, "other") for at in range(len(text)) if text.startswith("SPAM", at)]
            for text in texts
        ]

    def reasons(self, text: str, spans: Sequence[Span]) -> list[tuple[tuple[str, float], ...]]:
        """Say that each span is the word."""
        return [(("word", span.score),) for span in spans]


@pytest.fixture(scope="session")
def clean() -> Cleaner:
    """Removes every SPAM with its seam."""
    return Guard(WordDetector()).clean_many

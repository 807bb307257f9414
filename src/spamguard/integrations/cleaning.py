"""What all adapters share: a cleaner that travels to workers and loads its model there, once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spamguard.cleaner import Guard
from spamguard.result import CleanResult

EDITS_COLUMN = "spamguard"


@dataclass(frozen=True, slots=True)
class TextCleaner:
    """Cleans columns of texts; small when it travels, for the model is loaded where it works.

    Parameters
    ----------
    model
        Folder of a model artefact, which every worker can read; the shipped model by default.
    threshold, profile
        As for :meth:`spamguard.Guard.clean`.

    Examples
    --------
    >>> TextCleaner().texts(["It rained.", None])
    ['It rained.', None]
    """

    model: str | None = None
    threshold: float | None = None
    profile: str | None = None

    def results(self, texts: Iterable[str]) -> Iterator[CleanResult]:
        """Clean texts, in order.

        Raises
        ------
        InputError
            If the threshold is out of range, the profile unknown or a text no string.
        ArtefactError
            If the model cannot be loaded.
        """
        return _guard(self.model).clean_many(texts, threshold=self.threshold, profile=self.profile)

    def texts(self, column: Sequence[str | None]) -> list[str | None]:
        """Return a column cleaned; what is missing stays missing."""
        return [None if one is None else one.text for one in self.column(column)]

    def column(self, column: Sequence[str | None]) -> list[CleanResult | None]:
        """Return the results of a column's texts, None where there is none."""
        results = self.results(text for text in column if text is not None)
        return [None if text is None else next(results) for text in column]


@cache
def _guard(model: str | None) -> Guard:
    """Load a model once a process."""
    from spamguard.model.loading import load_detector
    from spamguard.registry.resolving import resolve

    return Guard(load_detector(None if model is None else resolve(Path(model))))


def findings(result: CleanResult | None) -> str | None:
    """Return a result's spans and edits as one line of JSON, which bring the raw text back; None of none.

    Examples
    --------
    >>> findings(CleanResult("It rained.")) is None
    True
    """
    if result is None or not result.changed:
        return None
    fields: Mapping[str, Any] = result.to_dict()
    return json.dumps({"spans": fields["spans"], "edits": fields["edits"]})

"""datatrove: a pipeline step; behind the extra `datatrove`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep

from spamguard.integrations.cleaning import EDITS_COLUMN, TextCleaner, findings

BATCH_DOCUMENTS = 64


class SpamguardStep(PipelineStep):  # type: ignore[misc]
    """Cleans each document's text; spans and edits go into its metadata under ``spamguard``.

    Parameters
    ----------
    cleaner
        Model and threshold; the shipped model and its own threshold by default.

    Examples
    --------
    >>> step = SpamguardStep()
    >>> [document.text for document in step([Document("It rained.", "1")])]
    ['It rained.']
    """

    type = "🧹 - FORMAT"
    name = "spamguard"

    def __init__(self, cleaner: TextCleaner | None = None) -> None:
        super().__init__()
        self._cleaner = cleaner or TextCleaner()

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Yield the documents cleaned, in order.

        Parameters
        ----------
        data
            The documents of this rank.
        rank, world_size
            datatrove's own; this step does not look at them.
        """
        source = iter(data or ())
        while batch := list(islice(source, BATCH_DOCUMENTS)):
            with self.track_time(unit="batch"):
                results = list(self._cleaner.results(document.text for document in batch))
            for document, result in zip(batch, results, strict=True):
                self._count(document, len(result.edits))
                if result.changed:
                    document.text = result.text
                    document.metadata[EDITS_COLUMN] = findings(result)
                yield document

    def _count(self, document: Document, n_edits: int) -> None:
        """Keep the statistics that datatrove prints."""
        self.stat_update("total")
        if n_edits:
            self.stat_update("cleaned")
            self.stat_update("edits", value=n_edits, unit="document")

    def __call__(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Any:  # noqa: ANN401
        """Run the step, as datatrove calls it."""
        return self.run(data, rank, world_size)

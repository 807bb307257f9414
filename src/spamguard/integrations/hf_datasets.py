"""Hugging Face `datasets`: a column cleaned by `map`; behind the extra `datasets`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict

from spamguard.integrations.cleaning import EDITS_COLUMN, TextCleaner, findings

BATCH_ROWS = 256
AnyDataset = TypeVar("AnyDataset", Dataset, DatasetDict, IterableDataset, IterableDatasetDict)


@dataclass(frozen=True, slots=True)
class _CleanBatch:
    """The function that `map` calls; its fields alone make the fingerprint of the cached result."""

    cleaner: TextCleaner
    column: str

    def __call__(self, batch: dict[str, Sequence[str | None]]) -> dict[str, list[str | None]]:
        """Return the two columns that change."""
        results = self.cleaner.column(batch[self.column])
        texts = [None if one is None else one.text for one in results]
        return {self.column: texts, EDITS_COLUMN: [findings(one) for one in results]}


def clean_dataset(
    dataset: AnyDataset,
    *,
    column: str = "text",
    cleaner: TextCleaner | None = None,
    num_proc: int | None = None,
) -> AnyDataset:
    """Clean one column of a data set.

    Parameters
    ----------
    dataset
        A data set, a dictionary of splits, or a streamed one.
    column
        Name of the column with the texts.
    cleaner
        Model and threshold; the shipped model and its own threshold by default.
    num_proc
        Processes, each with a model of its own; a streamed data set has one.

    Returns
    -------
    same type as ``dataset``
        With the column cleaned, and a column ``spamguard`` with spans and edits as JSON where something went.
    """
    clean = _CleanBatch(cleaner or TextCleaner(), column)
    if isinstance(dataset, IterableDataset | IterableDatasetDict):
        return dataset.map(clean, batched=True, batch_size=BATCH_ROWS)
    return dataset.map(clean, batched=True, batch_size=BATCH_ROWS, num_proc=num_proc)

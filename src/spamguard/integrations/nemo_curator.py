"""NVIDIA NeMo Curator: a processing stage, on the CPU; behind the extra `nemo`."""

from __future__ import annotations

import pyarrow as pa
from nemo_curator.stages.base import ProcessingStage
from nemo_curator.tasks import DocumentBatch

from spamguard.integrations.cleaning import EDITS_COLUMN, TextCleaner, findings


class SpamguardStage(ProcessingStage[DocumentBatch, DocumentBatch]):  # type: ignore[misc]
    """Cleans a column of each batch; spans and edits go into a column ``spamguard`` as JSON.

    Parameters
    ----------
    column
        Name of the column with the texts, strings or nothing.
    cleaner
        Model and threshold; the shipped model and its own threshold by default.

    Examples
    --------
    >>> batch = DocumentBatch(dataset_name="news", data=pa.table({"text": ["It rained."]}))
    >>> SpamguardStage().process(batch).to_pyarrow()["text"].to_pylist()
    ['It rained.']
    """

    name = "spamguard"

    def __init__(self, column: str = "text", cleaner: TextCleaner | None = None) -> None:
        self._column = column
        self._cleaner = cleaner or TextCleaner()

    def inputs(self) -> tuple[list[str], list[str]]:
        """Return what the stage reads."""
        return ["data"], [self._column]

    def outputs(self) -> tuple[list[str], list[str]]:
        """Return what the stage writes."""
        return ["data"], [self._column, EDITS_COLUMN]

    def process(self, task: DocumentBatch) -> DocumentBatch:
        """Return the batch with its column cleaned."""
        table = task.to_pyarrow()
        index = table.schema.get_field_index(self._column)
        field = table.schema.field(index)
        results = self._cleaner.column(table.column(index).to_pylist())
        texts = pa.array([None if one is None else one.text for one in results], field.type)
        notes = pa.array([findings(one) for one in results], pa.string())
        table = table.set_column(index, field, texts).append_column(EDITS_COLUMN, notes)
        return DocumentBatch(
            dataset_name=task.dataset_name,
            data=table,
            _metadata=task._metadata,
            _stage_perf=task._stage_perf,
        )

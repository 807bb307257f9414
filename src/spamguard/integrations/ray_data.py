"""Ray Data: columns of a data set, or a corpus of shards, cleaned on a cluster; behind the extra `ray`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import ray
import ray.data

from spamguard.integrations.cleaning import EDITS_COLUMN, TextCleaner, findings
from spamguard.integrations.shards import Shard, clean_shard, plan_shards, sweep

BATCH_ROWS = 256
ShardWork = Callable[[Shard, TextCleaner, str], dict[str, int]]


class _ColumnWorker:
    """An actor that cleans batches of rows; its model is loaded once."""

    def __init__(self, cleaner: TextCleaner, column: str) -> None:
        self._cleaner, self._column = cleaner, column

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Clean one batch."""
        index = batch.schema.get_field_index(self._column)
        field = batch.schema.field(index)
        results = self._cleaner.column(batch.column(index).to_pylist())
        texts = pa.array([None if one is None else one.text for one in results], field.type)
        notes = pa.array([findings(one) for one in results], pa.string())
        return batch.set_column(index, field, texts).append_column(EDITS_COLUMN, notes)


class _ShardWorker:
    """An actor that cleans whole shards."""

    def __init__(self, work: ShardWork, cleaner: TextCleaner, column: str) -> None:
        self._work, self._cleaner, self._column = work, cleaner, column

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Clean one shard."""
        return row | self._work(Shard(row["source"], row["target"]), self._cleaner, self._column)


def clean_dataset(
    dataset: ray.data.Dataset, *, column: str = "text", cleaner: TextCleaner | None = None, n_workers: int = 2
) -> ray.data.Dataset:
    """Clean one column of a data set.

    Parameters
    ----------
    dataset
        Any data set of Ray Data.
    column
        Name of the column with the texts, strings or nothing.
    cleaner
        Model and threshold; the shipped model and its own threshold by default.
    n_workers
        Actors in the pool, each with one core and one model.

    Returns
    -------
    ray.data.Dataset
        Lazy, with the column cleaned, and a column ``spamguard`` with spans and edits as JSON where
        something went.
    """
    return dataset.map_batches(
        _ColumnWorker,
        fn_constructor_args=(cleaner or TextCleaner(), column),
        batch_size=BATCH_ROWS,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=n_workers),
    )


def clean_corpus(
    source: str,
    out: str,
    *,
    column: str = "text",
    cleaner: TextCleaner | None = None,
    n_workers: int | None = None,
    address: str | None = None,
    work: ShardWork = clean_shard,
) -> dict[str, int]:
    """Clean a corpus of JSON lines and Parquet shards on a cluster.

    A shard is the unit of work: its result appears whole under the same name, so a worker that dies costs
    the time of the shard that it was at, and no data.

    Parameters
    ----------
    source, out
        Folders: local ones that all workers see, or URLs such as ``s3://bucket/news``.
    column
        Field or column with the texts.
    cleaner
        Model and threshold; the shipped model and its own threshold by default.
    n_workers
        Actors, one core each; by default as many as the cluster has cores.
    address
        Address of a running cluster, ``"auto"`` for the one that this machine is part of; without it the
        running one if there is one, else one on this machine.
    work
        Cleans one shard; for formats beyond JSON lines and Parquet.

    Returns
    -------
    dict
        Counts over all shards: ``shards``, ``documents``, ``changed``, ``spans``, ``faults``.

    Raises
    ------
    InputError
        If there is no shard, or the output lies in the input.
    """
    shards = plan_shards(source, out)
    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False)
    n_cores = int(ray.cluster_resources().get("CPU", 1))
    pool = ray.data.ActorPoolStrategy(size=max(1, min(n_workers or n_cores, len(shards))))
    jobs = ray.data.from_items([asdict(shard) for shard in shards], override_num_blocks=len(shards))
    done = jobs.map(_ShardWorker, fn_constructor_args=(work, cleaner or TextCleaner(), column), compute=pool)
    counts: Counter[str] = Counter(shards=0)
    for row in done.iter_rows():
        counts["shards"] += 1
        counts.update({name: value for name, value in row.items() if isinstance(value, int)})
    sweep(out)
    return dict(counts)

"""Ray Data: columns of a data set cleaned, or any work spread, on a cluster; behind the extra `ray`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pyarrow as pa
import ray
import ray.data
import ray.exceptions
from ray import cloudpickle

from spamguard.errors import InputError, SpamguardError
from spamguard.integrations.cleaning import EDITS_COLUMN, TextCleaner, findings

BATCH_ROWS = 256
# What kills its worker so often is at fault itself, by its size for instance: left out, the others go on.
MAX_RETRIES = 5

Cargo = TypeVar("Cargo")
Done = TypeVar("Done")


class _ColumnWorker:
    """An actor that cleans batches of rows; its model is loaded once."""

    def __init__(self, cleaner: TextCleaner, column: str) -> None:
        self._cleaner, self._column = cleaner, column

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Clean one batch."""
        if batch.schema.names.count(self._column) != 1:
            raise InputError(f"one column must be named {self._column!r}, of {', '.join(batch.schema.names)}")
        index = batch.schema.get_field_index(self._column)
        field = batch.schema.field(index)
        results = self._cleaner.column(batch.column(index).to_pylist())
        texts = pa.array([None if one is None else one.text for one in results], field.type)
        notes = pa.array([findings(one) for one in results], pa.string())
        return batch.set_column(index, field, texts).append_column(EDITS_COLUMN, notes)


class _Worker:
    """An actor that does one piece of work after another."""

    def __init__(self, make_work: Callable[[], Callable[[Any], Any]]) -> None:
        self._work = make_work()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Do one piece; what is raised on purpose comes back, for no other worker would fare better."""
        try:
            done = self._work(cloudpickle.loads(row["cargo"]))
        except SpamguardError as error:
            done = error
        return {"at": row["at"], "done": cloudpickle.dumps(done)}


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
        something went. What is done with it fails, naming the columns, if none or several bear the name.
    """
    return dataset.map_batches(
        _ColumnWorker,
        fn_constructor_args=(cleaner or TextCleaner(), column),
        batch_size=BATCH_ROWS,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=n_workers),
    )


def spread(
    make_work: Callable[[], Callable[[Cargo], Done]],
    cargoes: Sequence[Cargo],
    *,
    n_workers: int | None = None,
    address: str | None = None,
    is_shown: bool = True,
) -> Iterator[tuple[Cargo, Done | None]]:
    """Do work on a cluster, piece by piece; a piece whose worker dies is done again by another.

    Parameters
    ----------
    make_work
        Returns what does the work; called once in each actor.
    cargoes
        What the work is done on, one piece each.
    n_workers
        Actors, one core each; by default as many as the cluster has cores.
    address
        Address of a running cluster, ``"auto"`` for the one that this machine is part of; without it the
        running one if there is one, else one on this machine.
    is_shown
        Whether Ray shows how far it is.

    Yields
    ------
    Cargo, Done or None
        Each piece with what was made of it, as they come; at the end those whose workers died however
        often they were tried, or that raised what nobody foresaw, with None.

    Raises
    ------
    SpamguardError
        What the work raised, or if no cluster answers at the address or it gives up.
    """
    _connect(address)
    rows = [{"at": at, "cargo": cloudpickle.dumps(cargo)} for at, cargo in enumerate(cargoes)]
    if not rows:
        return
    n_cores = int(ray.cluster_resources().get("CPU", 1))
    pieces = ray.data.from_items(rows, override_num_blocks=len(rows))
    pieces.context.max_errored_blocks, pieces.context.enable_progress_bars = -1, is_shown
    # One at a time: a piece that waits behind another would die with it.
    pool = ray.data.ActorPoolStrategy(
        size=max(1, min(n_workers or n_cores, len(rows))), max_tasks_in_flight_per_actor=1
    )
    made = pieces.map(
        _Worker,
        fn_constructor_args=(make_work,),
        compute=pool,
        ray_remote_args_fn=lambda: {"max_task_retries": MAX_RETRIES},
    )
    left = dict(enumerate(cargoes))
    for row in _rows(made):
        done = cloudpickle.loads(row["done"])
        if isinstance(done, SpamguardError):
            raise done
        yield left.pop(row["at"]), done
    yield from ((cargo, None) for cargo in left.values())


def _rows(dataset: ray.data.Dataset) -> Iterator[dict[str, Any]]:
    """Yield the rows of a data set, as they come."""
    try:
        yield from dataset.iter_rows()
    except ray.exceptions.RayError as error:
        *_, reason = str(error).splitlines() or [type(error).__name__]
        raise SpamguardError(f"the cluster gave up: {reason}") from None


def _connect(address: str | None) -> None:
    """Join a cluster, or start one on this machine."""
    if ray.is_initialized():
        return
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError) as error:
        raise SpamguardError(f"no Ray cluster answers at {address or 'its address'}: {error}") from None

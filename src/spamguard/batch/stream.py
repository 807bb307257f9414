"""Standard input to standard output: a document, or records one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from spamguard.batch.answers import Task
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event
from spamguard.batch.steps import Piece, batches, tasks_of
from spamguard.batch.telling import Telling
from spamguard.batch.workers import Workers
from spamguard.errors import InputError

NAME = "-"


def clean_stream(
    workers: Workers, source: BinaryIO, sink: BinaryIO | None, reading: Reading
) -> Iterator[Event]:
    """Clean what comes in and pass it on as it comes, in constant memory where it is records.

    Parameters
    ----------
    workers
        Who cleans.
    source, sink
        Where bytes come from and go to; without a sink nothing is written.
    reading
        How the bytes are read: plain text unless a format is named.

    Yields
    ------
    Finding, Fault or Outcome
        What was found; the outcome comes last.

    Raises
    ------
    InputError
        If the format cannot be read from a stream.
    FormatError
        If the stream is not in the format from some place on; what came before was passed on.
    """
    kind = reading.kind_of(NAME, named=True)
    if kind is None or not kind.is_exact:
        raise InputError("Parquet cannot be read from a stream: name the file")
    writer = kind.format.open(sink) if sink is not None else None
    telling = Telling(NAME)
    read = (Piece(Task(kind.format, unit), 0) for unit in kind.format.read(source))
    for batch, answers in workers.answers(batches(read), tasks_of):
        for task, answer in zip(tasks_of(batch), answers, strict=True):
            telling.n_documents += task.unit.is_text
            if writer is not None:
                writer.write(task.unit, answer.raw)
            yield from telling.events(task.unit.record, answer)
        if sink is not None:
            sink.flush()
    if writer is not None:
        writer.close()
    yield telling.outcome()

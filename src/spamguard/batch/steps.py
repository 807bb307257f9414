"""What a run reads, one step after another: a file begins, its units come, it ends."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from spamguard.batch.answers import Answer, Task
from spamguard.batch.encoding import looks_binary
from spamguard.batch.formats.plain import Plain
from spamguard.batch.formats.protocol import Unit
from spamguard.batch.journal import Journal, Memory
from spamguard.batch.kinds import Kind, Reading
from spamguard.batch.outcomes import Outcome
from spamguard.batch.packing import unpacked
from spamguard.batch.roots import Root
from spamguard.batch.walking import Entry, Filter, walk
from spamguard.batch.writing import State, state_of
from spamguard.errors import SpamguardError

# Units are cleaned together up to these bounds: enough to share the cost of a call, few enough to hold.
BATCH_UNITS = 64
BATCH_BYTES = 1_000_000
_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Begin:
    """A file begins."""

    entry: Entry
    kind: Kind
    state: State
    memory: Memory | None


@dataclass(frozen=True, slots=True)
class Piece:
    """The next unit of the file, with what an earlier run found in it."""

    task: Task
    n_bytes: int


@dataclass(frozen=True, slots=True)
class End:
    """The file ends, perhaps too soon."""

    error: OSError | SpamguardError | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that is not read, and why."""

    entry: Entry
    reason: str
    n_bytes: int


Step = Begin | Piece | End | Copy | Outcome


def steps(
    roots: Sequence[Root], reading: Reading, chosen: Filter, journal: Journal | None = None
) -> Iterator[Step]:
    """Yield what lies under paths, file by file.

    Parameters
    ----------
    roots
        What to read, from :func:`spamguard.batch.roots.plan_roots`.
    reading
        How to read it.
    chosen
        Which files.
    journal
        What earlier runs found.
    """
    for root in roots:
        is_named = not root.source.is_dir()
        for item in walk(root, chosen):
            if isinstance(item, Outcome):
                yield item
                continue
            try:
                yield from _file(item, reading.kind_of(item.source.name, named=is_named), journal)
            except OSError as error:
                yield Outcome(str(item.source), "failed", reason=error.strerror or str(error))


def _file(entry: Entry, kind: Kind | None, journal: Journal | None) -> Iterator[Step]:
    """Yield the steps of one file."""
    if not stat.S_ISREG(os.stat(entry.source).st_mode):
        raise OSError("not a regular file; pipes are read as -")
    with open(entry.source, "rb") as stream:
        state = state_of(os.fstat(stream.fileno()))
        reason = _objection(stream, entry, kind)
        if kind is None or reason:
            yield Copy(entry, reason, state[1])
            return
        memory = journal.recall(str(entry.source), state) if journal else None
        yield Begin(entry, kind, state, memory)
        if memory is None or memory.outcome is None:
            yield from _units(stream, kind, memory, journal)


def _objection(stream: BinaryIO, entry: Entry, kind: Kind | None) -> str:
    """Say why a file is not read; nothing where it is."""
    if kind is None:
        return f"unknown type {entry.source.suffix or entry.source.name}"
    if kind.packing or not isinstance(kind.format, Plain):
        return ""
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    return "not text" if looks_binary(head) else ""


def _units(stream: BinaryIO, kind: Kind, memory: Memory | None, journal: Journal | None) -> Iterator[Step]:
    """Yield a file's units and its end."""
    known = _known(memory, journal)
    error: OSError | SpamguardError | None = None
    before = 0
    try:
        for unit in kind.format.read(unpacked(stream, kind.packing)):
            after = stream.tell()
            yield Piece(Task(kind.format, unit, next(known, None)), after - before)
            before = after
    except (OSError, SpamguardError) as caught:
        error = caught
    yield End(error)


def _known(memory: Memory | None, journal: Journal | None) -> Iterator[Answer]:
    """Yield the answers of an earlier run, one for each unit that it came to."""
    if memory is None or journal is None:
        return
    told = journal.answers(memory)
    number, _, answer = next(told, (-1, None, Answer()))
    for unit in range(memory.n_units):
        if unit == number:
            yield answer
            number, _, answer = next(told, (-1, None, Answer()))
        else:
            yield Answer()


def weight(unit: Unit) -> int:
    """Return about how many bytes a unit holds."""
    if isinstance(unit.raw, bytes):
        return len(unit.raw)
    return sum(len(text) for _, text in unit.raw)


def batches(read: Iterable[Step]) -> Iterator[list[Step]]:
    """Group steps up to the bounds of a batch."""
    batch: list[Step] = []
    n_units = n_bytes = 0
    for step in read:
        batch.append(step)
        if isinstance(step, Piece):
            n_units += step.task.unit.is_text
            n_bytes += weight(step.task.unit)
        if n_units >= BATCH_UNITS or n_bytes >= BATCH_BYTES or len(batch) >= 8 * BATCH_UNITS:
            yield batch
            batch, n_units, n_bytes = [], 0, 0
    if batch:
        yield batch


def tasks_of(batch: Sequence[Step]) -> list[Task]:
    """Return the units of a batch."""
    return [step.task for step in batch if isinstance(step, Piece)]

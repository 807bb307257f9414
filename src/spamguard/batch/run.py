"""The whole way of a batch: read, clean, write, say what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from spamguard.batch.answers import Answer
from spamguard.batch.files import FileRun, Placing, copy_as_it_is
from spamguard.batch.journal import Journal
from spamguard.batch.kinds import Reading
from spamguard.batch.outcomes import Event, Outcome
from spamguard.batch.roots import Root
from spamguard.batch.steps import Begin, Copy, End, Piece, Step, batches, steps, tasks_of
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run goes about its files.

    Parameters
    ----------
    reading
        How files are read.
    chosen
        Which files are read.
    write
        Whether anything is written.
    copy_unknown
        Whether files of unknown types are copied as they are, or left out.
    overwrite
        Whether results may replace files that are no results of the same originals.

    Examples
    --------
    >>> Settings().write
    True
    """

    reading: Reading = field(default_factory=Reading)
    chosen: Filter = field(default_factory=Filter)
    write: bool = True
    copy_unknown: bool = True
    overwrite: bool = False


def clean_files(
    workers: Workers,
    roots: Sequence[Root],
    settings: Settings | None = None,
    *,
    journal: Journal | None = None,
    on_bytes: Callable[[int], object] = lambda n_bytes: None,
) -> Iterator[Event]:
    """Clean files and folders; no more than some batches of units are held at any time.

    Parameters
    ----------
    workers
        Who cleans.
    roots
        What to read and where to write, from :func:`spamguard.batch.roots.plan_roots`.
    settings
        How to go about it.
    journal
        Where what is found is kept, so that a killed run goes on and events are told again as they were.
    on_bytes
        Called with the number of bytes of the originals that were dealt with since the last call.

    Yields
    ------
    Finding, Fault or Outcome
        What was found in a file, then what became of it; in order of the files. An error in one file
        leaves the others alone.

    Raises
    ------
    OSError
        If the disk has a fault; an error of a file alone is told as an outcome.
    """
    chosen = settings or Settings()
    read = steps(roots, chosen.reading, chosen.chosen, journal)
    with closing(_Telling(chosen, journal)) as told:
        for batch, answers in workers.answers(batches(read), tasks_of):
            left = iter(answers)
            for step in batch:
                yield from told.of(step, left)
                if isinstance(step, Piece):
                    on_bytes(step.n_bytes)
            told.pause()


class _Telling:
    """Turns steps and answers into files and events."""

    def __init__(self, settings: Settings, journal: Journal | None) -> None:
        self._settings, self._journal = settings, journal
        self._file: FileRun | None = None
        self._placing = Placing(settings.overwrite)

    def of(self, step: Step, answers: Iterator[Answer]) -> Iterator[Event]:
        """Take the next step."""
        if isinstance(step, Outcome):
            yield step
        elif isinstance(step, Copy):
            yield self._copy(step)
        elif isinstance(step, Begin):
            self._file = FileRun(
                step, write=self._settings.write, journal=self._journal, placing=self._placing
            )
            if step.memory is not None and step.memory.outcome is not None:
                yield from self._file.again(step.memory.outcome)
                self._file = None
        elif self._file is not None and isinstance(step, Piece):
            self._file.take(step.task.unit, next(answers), is_known=step.task.known is not None)
        elif self._file is not None and isinstance(step, End):
            yield from self._file.end(step)
            self._file = None

    def pause(self) -> None:
        """Bring the names of a batch's results onto the disk, and note how far the file in hand got."""
        self._placing.folders.settle()
        if self._file is not None:
            self._file.note()

    def close(self) -> None:
        """Let go of a file in hand, which a run that breaks off leaves as it was."""
        if self._file is not None:
            self._file.abandon()

    def _copy(self, step: Copy) -> Outcome:
        """Copy a file that is not read as it is."""
        entry, name = step.entry, str(step.entry.source)
        if not self._settings.copy_unknown:
            return Outcome(name, "skipped", reason=f"{step.reason}; left out")
        try:
            if self._settings.write and not entry.in_place:
                copy_as_it_is(entry, self._placing)
        except OSError as error:
            return Outcome(name, "failed", reason=error.strerror or str(error))
        return Outcome(name, "skipped", target=str(entry.target), reason=step.reason, n_bytes=step.n_bytes)

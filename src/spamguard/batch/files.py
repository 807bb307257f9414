"""One file of a run on its way from its first unit to its result."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from spamguard.batch.answers import Answer
from spamguard.batch.formats.foreign import foreign_errors
from spamguard.batch.formats.protocol import Unit
from spamguard.batch.held import Held
from spamguard.batch.journal import Journal
from spamguard.batch.kinds import Kind
from spamguard.batch.marks import Claim, claim_on
from spamguard.batch.outcomes import Event, Outcome
from spamguard.batch.packing import packed
from spamguard.batch.steps import Begin, End
from spamguard.batch.telling import Telling
from spamguard.batch.walking import Entry
from spamguard.batch.writing import Folders, PartFile, State, make_folder, state_of, whole_file
from spamguard.errors import FormatError, SpamguardError


@dataclass(frozen=True, slots=True)
class Placing:
    """How results take their names.

    Parameters
    ----------
    overwrite
        Whether they may replace files that are no results of the same originals.
    folders
        Where the folders are noted in which they did.

    Examples
    --------
    >>> Placing().overwrite
    False
    """

    overwrite: bool = False
    folders: Folders = field(default_factory=Folders)

    def claim(self, entry: Entry) -> Claim | None:
        """Return by what right a result takes its name; an original gives way to its own unasked."""
        return None if entry.in_place else claim_on(entry.source, overwrite=self.overwrite)


class _Output:
    """The result of a file, under its temporary name."""

    def __init__(self, entry: Entry, kind: Kind, claim: Claim | None) -> None:
        make_room(entry)
        self.part = PartFile(entry.target, claim)
        self._packing = packed(self.part.stream, kind.packing)
        self._sink = kind.format.open(self._packing.__enter__())
        self._is_closed = False

    def write(self, unit: Unit, raw: Any) -> None:  # noqa: ANN401  (what the format writes)
        """Write the next unit."""
        with foreign_errors("not written"):
            self._sink.write(unit, raw)

    def close(self) -> None:
        """Write what stands at the end."""
        self._is_closed = True
        with foreign_errors("not written"):
            self._sink.close()
            self._packing.__exit__(None, None, None)

    def discard(self) -> None:
        """Remove it; libraries that were not told to end would write to a closed file later."""
        if not self._is_closed:
            with suppress(OSError, SpamguardError):
                self.close()
        self.part.discard()

    def copy(self, source: Path) -> None:
        """Put the original in place of what was written."""
        self.part.stream.seek(0)
        self.part.stream.truncate()
        with open(source, "rb") as original:
            shutil.copyfileobj(original, self.part.stream)


class FileRun:
    """A file on its way.

    Parameters
    ----------
    begin
        The file.
    write
        Whether anything is written.
    journal
        Where what is found is kept.
    placing
        How its result takes its name.
    """

    def __init__(self, begin: Begin, *, write: bool, journal: Journal | None, placing: Placing) -> None:
        self._begin, self._write, self._journal, self._placing = begin, write, journal, placing
        self._entry, self._name = begin.entry, str(begin.entry.source)
        self._output: _Output | None = None
        self._error: OSError | SpamguardError | None = None
        self._telling, self._held = Telling(self._name), Held()
        self._n_units = 0

    def take(self, unit: Unit, answer: Answer, *, is_known: bool) -> None:
        """Take the next unit with its answer."""
        if self._error is not None:
            return
        told = answer.told or answer.to_json()
        try:
            if self._journal and self._begin.memory and not is_known:
                self._journal.remember(self._begin.memory, self._n_units, unit.record, told)
            self._n_units += 1
            self._telling.n_documents += unit.is_text
            if self._write and not (self._entry.in_place and unit.record is None and answer.raw is None):
                self._open().write(unit, answer.raw)
            self._held.add(unit.record, told)
        except (OSError, FormatError) as error:
            self._error = error
            return
        deque(self._telling.events(unit.record, answer), maxlen=0)

    def _open(self) -> _Output:
        """Return where the result is written."""
        if self._output is None:
            self._output = _Output(self._entry, self._begin.kind, self._placing.claim(self._entry))
        return self._output

    def note(self) -> None:
        """Note how far it got."""
        if self._journal and self._begin.memory and self._error is None:
            try:
                self._journal.advance(self._begin.memory, self._n_units)
            except OSError as error:
                self._error = error

    def again(self, outcome: Outcome) -> Iterator[Event]:
        """Tell again what an earlier run did to the file."""
        assert self._journal is not None
        assert self._begin.memory is not None
        self._held.close()
        for _, record, answer in self._journal.answers(self._begin.memory):
            yield from self._telling.events(record, answer)
        found = self._telling.outcome().result
        yield replace(outcome, name=self._name, result=found)

    def end(self, step: End) -> Iterator[Event]:
        """Write the result, if all went well; yield what was found and what became of the file.

        Of a file that failed nothing is told: what was found in it was not removed.
        """
        try:
            outcome = self._end(step)
            if outcome.status != "failed":
                telling = Telling(self._name)
                for record, answer in self._held.answers():
                    yield from telling.events(record, answer)
            yield outcome
        finally:
            self._held.close()

    def abandon(self) -> None:
        """Leave nothing behind of a file that does not come to its end."""
        self._held.close()
        if self._output is not None:
            self._output.discard()

    def _end(self, step: End) -> Outcome:
        """Write the result, if all went well; return what became of the file."""
        error = self._error or step.error
        try:
            if isinstance(error, OSError):
                raise error
            try:
                return self._conclude(error)
            except FormatError as unwritten:
                return self._conclude(unwritten)
        except OSError as caught:
            return self._failed(caught.strerror or str(caught))
        finally:
            if self._output is not None:
                self._output.discard()

    def _conclude(self, error: SpamguardError | None) -> Outcome:
        """Bring the result to its place."""
        outcome = self._judge(error)
        if state_of(os.stat(self._entry.source)) != self._begin.state:
            raise OSError("changed while it was being cleaned")
        if error is not None:
            self._give_up()
            return outcome
        state = self._bring(outcome) if self._write and self._is_wanted() else None
        if self._journal and self._begin.memory and not (state and self._entry.in_place):
            self.note()
            self._journal.finish(self._begin.memory, outcome, state)
        return outcome

    def _give_up(self) -> None:
        """Leave nothing out of the results although not all could be read: copy the original."""
        if self._output is not None:
            self._output.discard()
        if self._write and not self._entry.in_place:
            copy_as_it_is(self._entry, self._placing)

    def _bring(self, outcome: Outcome) -> State:
        """Give the result its name; the original itself where nothing was found and bytes might differ."""
        output = self._open()
        output.close()
        if not (self._telling.is_changed or self._begin.kind.is_exact):
            output.copy(self._entry.source)
        part = output.part
        state = part.seal(like=self._entry.source)
        if self._entry.in_place:
            self._keep_original(outcome, state, part)
        part.appear(self._placing.folders)
        return state

    def _is_wanted(self) -> bool:
        """Whether there is a result to write."""
        return not self._entry.in_place or self._telling.is_changed

    def _keep_original(self, outcome: Outcome, state: State, part: PartFile) -> None:
        """Make sure that the original can come back, before it goes."""
        if self._journal and self._begin.memory:
            self.note()
            self._journal.save_original(self._begin.memory, self._entry.source)
            self._journal.finish(self._begin.memory, outcome, state, part.digest())
            self._journal.commit()

    def _judge(self, error: SpamguardError | None) -> Outcome:
        """Return what becomes of the file if it can be written."""
        target = str(self._entry.target)
        if error is not None:
            left = "left" if self._entry.in_place else "copied"
            return self._failed(f"{error}; {left} as it is", target)
        return self._telling.outcome(target, n_bytes=self._begin.state[1])

    def _failed(self, reason: str, target: str = "") -> Outcome:
        """Return the outcome of a file with which something went wrong."""
        found = self._telling.outcome(target, n_bytes=self._begin.state[1])
        return replace(found, status="failed", reason=reason, result=None)


def copy_as_it_is(entry: Entry, placing: Placing) -> None:
    """Copy a file that is not read.

    Raises
    ------
    OSError
        If it cannot be read or written, or what bears its name must stay.
    """
    make_room(entry)
    target = whole_file(entry.target, like=entry.source, claim=placing.claim(entry), folders=placing.folders)
    with open(entry.source, "rb") as source, target as sink:
        shutil.copyfileobj(source, sink)


def make_room(entry: Entry) -> None:
    """Make the target's folder, unless a link on the way leads out of the output folder.

    Raises
    ------
    OSError
        If it leads out, or the folder cannot be made.
    """
    bound = os.path.realpath(entry.bound)
    folder = os.path.realpath(entry.target.parent)
    if folder != bound and not Path(folder).is_relative_to(bound):
        raise OSError(f"{entry.target} would lie outside the output folder")
    make_folder(Path(folder))

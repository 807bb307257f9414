"""The whole way of a batch: read, clean, write, say what became of each file."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spamguard.batch.outcomes import Outcome
from spamguard.batch.plain import PlainText, decode, looks_binary
from spamguard.batch.roots import Root
from spamguard.batch.walking import Entry, walk
from spamguard.batch.writing import whole_file
from spamguard.result import CleanResult

# Guard.clean_many with its options bound.
Cleaner = Callable[[Iterable[str]], Iterable[CleanResult]]

# Files are cleaned together up to these bounds: enough to share the cost of a call, few enough to hold.
BATCH_FILES = 64
BATCH_CHARS = 4_000_000
_HEAD_BYTES = 65_536
_NOT_TEXT = "not UTF-8 text"


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read; without a document it is no text."""

    entry: Entry
    document: PlainText | None
    state: tuple[int, int, int]


def clean_files(clean: Cleaner, roots: Sequence[Root], *, write: bool = True) -> Iterator[Outcome]:
    """Clean files and folders; no more than a batch of files is held at any time.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    roots
        What to read and where to write, from :func:`spamguard.batch.roots.plan_roots`.
    write
        Whether to write anything.

    Yields
    ------
    Outcome
        One for each file, in order; an error in one file leaves the others alone.
    """
    found = (_read(item) if isinstance(item, Entry) else item for root in roots for item in walk(root))
    for batch in _batches(found):
        texts = [item.document.text for item in batch if isinstance(item, _Read) and item.document]
        results = iter(clean(texts))
        for item in batch:
            if isinstance(item, Outcome):
                yield item
            elif item.document is None:
                yield _keep(item, write)
            else:
                yield _finish(item, item.document, next(results), write)


def clean_bytes(clean: Cleaner, raw: bytes) -> tuple[bytes, CleanResult | None]:
    """Clean one document that is no file.

    Parameters
    ----------
    clean
        Cleans texts in order, such as ``guard.clean_many``.
    raw
        The document, decoded as files are.

    Returns
    -------
    (bytes, CleanResult or None)
        The cleaned bytes; the bytes as they came and None where they are no text.
    """
    document = decode(raw)
    if document is None:
        return raw, None
    [result] = clean([document.text])
    return document.encode(result.text), result


def _batches(items: Iterable[_Read | Outcome]) -> Iterator[list[_Read | Outcome]]:
    """Group items up to the bounds of a batch."""
    batch: list[_Read | Outcome] = []
    held_chars = 0
    for item in items:
        batch.append(item)
        if isinstance(item, _Read) and item.document:
            held_chars += len(item.document.text)
        if len(batch) >= BATCH_FILES or held_chars >= BATCH_CHARS:
            yield batch
            batch, held_chars = [], 0
    if batch:
        yield batch


def _state(status: os.stat_result) -> tuple[int, int, int]:
    """Return what differs once somebody else has written to a file."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def _failed(entry: Entry, error: OSError) -> Outcome:
    """Return the outcome of a file that could not be read or written."""
    return Outcome(str(entry.source), "failed", reason=error.strerror or str(error))


def _read(entry: Entry) -> _Read | Outcome:
    """Read a file; of one that is no text only the head, whatever its size."""
    try:
        if not stat.S_ISREG(os.stat(entry.source).st_mode):
            return Outcome(str(entry.source), "failed", reason="not a regular file; pipes are read as -")
        with open(entry.source, "rb") as stream:
            state = _state(os.fstat(stream.fileno()))
            raw = stream.read(_HEAD_BYTES)
            if looks_binary(raw):
                return _Read(entry, None, state)
            return _Read(entry, decode(raw + stream.read()), state)
    except OSError as error:
        return _failed(entry, error)


def _keep(item: _Read, write: bool) -> Outcome:
    """Copy a file that is no text as it is."""
    entry = item.entry
    try:
        if write and not entry.in_place:
            _make_room(entry)
            with open(entry.source, "rb") as source, whole_file(entry.target, like=entry.source) as target:
                shutil.copyfileobj(source, target)
    except OSError as error:
        return _failed(entry, error)
    return Outcome(str(entry.source), "skipped", target=str(entry.target), reason=_NOT_TEXT)


def _finish(item: _Read, document: PlainText, result: CleanResult, write: bool) -> Outcome:
    """Write a cleaned file."""
    entry = item.entry
    try:
        if write and (result.changed or not entry.in_place):
            _make_room(entry)
            with whole_file(entry.target, like=entry.source) as target:
                target.write(document.encode(result.text))
                _refuse_changed(item)
    except OSError as error:
        return _failed(entry, error)
    return Outcome(str(entry.source), "cleaned" if result.changed else "unchanged", result, str(entry.target))


def _refuse_changed(item: _Read) -> None:
    """Raise if the original has changed since it was read: what is written would be out of date."""
    if _state(os.stat(item.entry.source)) != item.state:
        raise OSError("changed while it was being cleaned")


def _make_room(entry: Entry) -> None:
    """Make the target's folder, unless a link on the way leads out of the output folder."""
    bound = os.path.realpath(entry.bound)
    folder = os.path.realpath(entry.target.parent)
    if folder != bound and not Path(folder).is_relative_to(bound):
        raise OSError(f"{entry.target} would lie outside the output folder")
    os.makedirs(folder, exist_ok=True)

"""Shards: the files of a run, each cleaned by itself by whichever machine of a cluster takes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from spamguard.batch.answers import Cleaner
from spamguard.batch.outcomes import Event, Fault, Finding, Outcome, Summary
from spamguard.batch.roots import Root
from spamguard.batch.run import Settings, clean_files
from spamguard.batch.stores import bring, claim_of, fetch, reason_of
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.errors import SpamguardError

# Faults of a shard that are told one by one, so that one of nothing but broken lines can be told of.
MAX_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Shard:
    """One file to clean, and where the result goes.

    Parameters
    ----------
    name
        The file as the user would name it.
    source, target
        Absolute paths that every worker sees, or URLs such as ``s3://bucket/news-0001.jsonl``.
    bound
        For a local target, the folder that the result must not leave.
    is_named
        Whether the user named this very file.

    Examples
    --------
    >>> Shard("a.jsonl", "/news/a.jsonl", "/out/a.jsonl").is_named
    False
    """

    name: str
    source: str
    target: str
    bound: str = ""
    is_named: bool = False


@dataclass(slots=True)
class ShardReport:
    """What is told of a shard; bounded however much is amiss with it.

    Parameters
    ----------
    summary
        Counts of all that happened.
    events
        What became of the file, and its faults up to a bound.

    Examples
    --------
    >>> report = ShardReport()
    >>> report.add(Outcome("logo.png", "skipped", reason="not text"))
    >>> report.n_untold
    0
    """

    summary: Summary = field(default_factory=Summary)
    events: list[Fault | Outcome] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take what happened next."""
        self.summary.add(event)
        if isinstance(event, Outcome) or (isinstance(event, Fault) and len(self.events) < MAX_TOLD):
            self.events.append(event)

    @property
    def n_untold(self) -> int:
        """How many faults were counted only."""
        return self.summary.n_faults - sum(isinstance(event, Fault) for event in self.events)


def clean_shard(shard: Shard, workers: Workers, settings: Settings, *, run: str = "shard") -> Iterator[Event]:
    """Clean one shard as the local engine does: it does the work, on a copy on this machine.

    Parameters
    ----------
    shard
        What to read and where to write.
    workers
        Who cleans.
    settings
        How to go about it; which files are wanted was settled when they were listed.
    run
        Word in the names of unfinished files, from :func:`spamguard.batch.planning.run_name`.

    Yields
    ------
    Finding, Fault or Outcome
        As :func:`spamguard.batch.run.clean_files`; the result is in its place before the first.
    """
    with TemporaryDirectory(prefix="spamguard-shard-") as folder:
        source = Path(folder, "in", os.path.basename(shard.source))
        result = Path(folder, "out", source.name)
        source.parent.mkdir()
        root = Root(source, result) if shard.is_named else Root(source.parent, result.parent)
        try:
            fetch(shard.source, source)
            events = clean_files(workers, [root], replace(settings, chosen=Filter()))
            first = _first(events)
            if result.exists():
                claim = claim_of(shard.source, overwrite=settings.overwrite)
                bring(result, shard.target, bound=shard.bound, run=run, claim=claim)
        except Exception as error:
            # A store's library may raise anything; whatever it is, the other shards are none the worse.
            yield Outcome(shard.name, "failed", reason=reason_of(error))
            return
        for event in chain((first,), events):
            yield _renamed(event, shard)


def _first(events: Iterator[Event]) -> Event:
    """Return the first event, before which all of the file was cleaned."""
    try:
        return next(events)
    except Exception as error:
        # Only the kind of the error: its words may quote the article.
        raise SpamguardError(f"not cleaned: {type(error).__name__}") from error


def _renamed(event: Event, shard: Shard) -> Event:
    """Return an event under the names that the user knows."""
    if isinstance(event, Fault | Finding):
        return replace(event, name=shard.name)
    return replace(event, name=shard.name, target=event.target and shard.target)


class ShardCleaner:
    """Cleans shards on a worker; small when it travels, for the model is loaded where it works, once.

    Parameters
    ----------
    make_cleaner
        Returns what cleans.
    settings
        How to go about a shard.
    max_removed
        As for :func:`spamguard.batch.answers.answer_all`.
    run
        As for :func:`clean_shard`.

    Examples
    --------
    >>> work = ShardCleaner(lambda: lambda texts: [])()
    >>> report = work(Shard("a.jsonl", "/nowhere/a.jsonl", "/nowhere/b.jsonl"))
    >>> report.events[0].reason
    'No such file or directory'
    """

    def __init__(
        self,
        make_cleaner: Callable[[], Cleaner],
        settings: Settings | None = None,
        *,
        max_removed: float | None = None,
        run: str = "shard",
    ) -> None:
        self._make_cleaner, self._settings = make_cleaner, settings or Settings()
        self._max_removed, self._run = max_removed, run

    def __call__(self) -> Callable[[Shard], ShardReport]:
        """Return what cleans one shard after another.

        Raises
        ------
        SpamguardError
            On the first shard, if the model cannot be loaded.
        """
        cleaner = cache(self._make_cleaner)
        workers = Workers(cleaner, max_removed=self._max_removed)

        def clean(shard: Shard) -> ShardReport:
            # Loaded outside of what is caught for each shard: without a model no shard can be cleaned.
            cleaner()
            report = ShardReport()
            for event in clean_shard(shard, workers, self._settings, run=self._run):
                report.add(event)
            return report

        return clean

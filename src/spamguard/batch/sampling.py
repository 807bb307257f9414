"""Some documents drawn at random from all there are, to try before a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from random import Random

from spamguard.batch.outcomes import Event, Outcome
from spamguard.batch.roots import Root
from spamguard.batch.run import Settings
from spamguard.batch.steps import Begin, Piece, batches, steps, tasks_of
from spamguard.batch.telling import Telling
from spamguard.batch.workers import Workers

# The same input gives the same sample.
_SEED = 20_250_601

_Drawn = tuple[int, str, Piece]


def clean_sample(workers: Workers, roots: Sequence[Root], settings: Settings, number: int) -> Iterator[Event]:
    """Clean documents drawn at random, each as likely as any other; write nothing.

    Parameters
    ----------
    workers
        Who cleans.
    roots
        What to read; all of it is read once, and only the sample is held.
    settings
        How to read it.
    number
        How many documents to draw.

    Yields
    ------
    Finding, Fault or Outcome
        As :func:`spamguard.batch.run.clean_files` does, of the sample alone.
    """
    drawn: list[_Drawn] = []
    yield from _draw(roots, settings, number, drawn)
    drawn.sort(key=itemgetter(0))
    pieces = batches(piece for _, _, piece in drawn)
    answers = (answer for _, found in workers.answers(pieces, tasks_of) for answer in found)
    for name, group in groupby(drawn, key=itemgetter(1)):
        telling = Telling(name)
        for _, _, piece in group:
            telling.n_documents += 1
            yield from telling.events(piece.task.unit.record, next(answers))
        yield telling.outcome()


def _draw(roots: Sequence[Root], settings: Settings, number: int, drawn: list[_Drawn]) -> Iterator[Outcome]:
    """Fill the sample; yield what became of files that could not be read."""
    random, n_seen, name = Random(_SEED), 0, ""
    for step in steps(roots, settings.reading, settings.chosen):
        if isinstance(step, Outcome):
            yield step
        elif isinstance(step, Begin):
            name = str(step.entry.source)
        elif isinstance(step, Piece) and step.task.unit.is_text:
            n_seen += 1
            at = len(drawn) if len(drawn) < number else random.randrange(n_seen)
            if at < number:
                drawn[at : at + 1] = [(n_seen, name, _alone(step))]


def _alone(piece: Piece) -> Piece:
    """Return a piece without what only a writer needs, which may be the rows around it."""
    return replace(piece, task=replace(piece.task, unit=replace(piece.task.unit, aside=None)))

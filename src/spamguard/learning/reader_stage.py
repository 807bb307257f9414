"""The second stage: the reader, learnt on documents of one half behind a first stage of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from spamguard.learning.config import Config, ReaderConfig
from spamguard.learning.documents import Ingredients, make
from spamguard.learning.lexical_fit import batches
from spamguard.learning.lexical_stage import Halves
from spamguard.learning.reader_fit import Stretches, fit_reader, quantised
from spamguard.learning.reader_rows import StoredRows, joined, reader_rows
from spamguard.model.reader import Reader
from spamguard.model.tagger import Tagger

Floats = NDArray[np.float32]
_DOCUMENTS_A_JOB = 1000
_PILOT = 800
# Tokens of one step of the fit, made of pieces from all over.
_STEP_TOKENS = 6000
_PIECES = 4
_SHOWN_EVERY = 200
Crossed = tuple[Tagger, Ingredients]
Round = list[Callable[[], Stretches]]


def standard_of(crossed: Sequence[Crossed], config: Config) -> tuple[Floats, Floats]:
    """Mean and scale of the dense features, from a few documents."""
    seen = []
    for tagger, parts in crossed:
        pilot = make(parts, _PILOT, polluted_share=config.reader.polluted_share, seed=config.seed + 150_000)
        prepared = [tagger.prepare([document.text for document in part]) for part in batches(pilot)]
        seen += [found.context.matrix for found in prepared if found is not None]
    matrix = np.concatenate(seen)
    mean = matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean, (1 / (matrix.std(axis=0, dtype=np.float64) + 1e-3)).astype(np.float32)


def _rows(
    crossed: Crossed, standard: tuple[Floats, Floats], knobs: ReaderConfig, seed: int
) -> list[StoredRows]:
    """Make the rows of one job."""
    tagger, parts = crossed
    documents = make(parts, _DOCUMENTS_A_JOB, polluted_share=knobs.polluted_share, seed=seed)
    return reader_rows(tagger, documents, standard, keep_share=knobs.keep_share, seed=seed)


def steps_of(rows: list[StoredRows], rng: np.random.Generator) -> list[StoredRows]:
    """Deal rows out into the steps of a fit, each of pieces from all over; empties the list."""
    pieces: list[StoredRows] = []
    while rows:
        pieces += rows.pop().pieces(_STEP_TOKENS // _PIECES)
    order = rng.permutation(len(pieces))
    return [joined([pieces[i] for i in order[at : at + _PIECES]]) for at in range(0, len(order), _PIECES)]


def blinded(rows: StoredRows, knobs: ReaderConfig, rng: np.random.Generator) -> Stretches:
    """Take n-grams, words and all the words of some stretches out: the reader must do without at times."""
    found = rows.unpack()
    entries = found.entries.copy()
    kept = rng.random(len(entries.data)) >= knobs.drop_grams
    words = rng.random(len(found.tags)) >= knobs.drop_words
    words &= (rng.random(int(found.stretch[-1]) + 1) >= knobs.drop_stretches)[found.stretch]
    kept &= np.repeat(words, np.diff(entries.indptr))
    entries.data = entries.data * kept / np.float32(1 - knobs.drop_grams)
    return replace(found, entries=entries)


def _rounds(crossed: Sequence[Crossed], standard: tuple[Floats, Floats], config: Config) -> Iterator[Round]:
    """Make documents, a round at a time, which bounds the memory."""
    # Dealt out and blinded at the same time, by two threads: each has chance of its own.
    knobs, dealing = config.reader, np.random.default_rng(config.seed)
    blinding = np.random.default_rng(config.seed + 1)
    n_jobs = max(2, knobs.documents // _DOCUMENTS_A_JOB // knobs.rounds)
    for number in range(knobs.rounds):
        first = config.seed + 200_000 + number * n_jobs
        jobs = [delayed(_rows)(crossed[i % 2], standard, knobs, first + i) for i in range(n_jobs)]
        found = Parallel(config.jobs)(tqdm(jobs, desc=f"token rows {number + 1}", unit="batch"))
        rows = [one for job in found for one in job]
        del found
        yield [partial(blinded, step, knobs, blinding) for step in steps_of(rows, dealing)]


def ahead(rounds: Iterator[Round]) -> Iterator[Round]:
    """Give rounds one by one, each made while the one before is learnt from.

    Parameters
    ----------
    rounds
        What is made in the time of a round; what it raises is raised in its turn.
    """
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, rounds, None)
        while (ready := coming.result()) is not None:
            coming = maker.submit(next, rounds, None)
            yield ready
            del ready


def fit_tagger(halves: Halves, first: Ingredients, second: Ingredients, config: Config) -> Tagger:
    """Fit the reader, and put it behind the joined first stage.

    Parameters
    ----------
    halves
        First stages; each reads the texts that it did not learn from.
    first, second
        The ingredients of either half.
    config
        Every knob.
    """
    knobs = config.reader
    crossed = ((halves.first, second), (halves.second, first))
    standard = standard_of(crossed, config)
    with tqdm(desc="reader", unit="step") as bar:
        fitting = fit_reader(
            ahead(_rounds(crossed, standard, config)),
            n_rounds=knobs.rounds,
            n_cycles=knobs.cycles,
            n_dense=len(standard[0]),
            n_hidden=knobs.hidden,
            rate=knobs.rate,
            seed=config.seed,
            report=_shown(bar),
        )
    table, scale = quantised(fitting.table)
    reader = Reader(table, scale, *standard, tuple(fitting.weights), tuple(fitting.biases))
    return replace(halves.joined, reader=reader)


def _shown(bar: tqdm[None]) -> Callable[[int, float], None]:
    """Show every step, and every so often the mean loss since the last time."""
    losses: list[float] = []

    def report(step: int, loss: float) -> None:
        losses.append(loss)
        bar.update()
        if step % _SHOWN_EVERY == 0:
            bar.set_postfix(loss=f"{np.mean(losses):.4f}")
            losses.clear()

    return report

"""The third stage: verdicts on candidates, and their calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from spamguard.learning.calibration import calibrate, expected_calibration_error
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients, Labelled, lone_ads, make
from spamguard.learning.lexical_stage import BATCH
from spamguard.learning.network_fit import fit_network
from spamguard.learning.rows import CandidateRows, ChosenRows, candidate_rows, chosen_rows, joined
from spamguard.learning.split import part_of
from spamguard.model.network import Network
from spamguard.model.tagger import Tagger

Floats = NDArray[np.float32]
# Documents that are one ad alone, to each other one: a crawl has some, and an ad there is foreign to nothing
# (EXPERIMENTS.md, 15).
_LONE_SHARE = 0.03
# Documents to calibrate on, to each one that is learnt from: a curve of forty points needs few.
_CALIBRATION_SHARE = 0.05


def _candidate_batch(tagger: Tagger, parts: Ingredients, config: Config, seed: int) -> CandidateRows:
    """Make one batch of rows for the third stage."""
    documents = make(parts, BATCH, polluted_share=config.verifier.polluted_share, seed=seed)
    return candidate_rows(tagger, documents, config.verifier.prior, seed)


def _proposed(tagger: Tagger, texts: Sequence[Labelled], config: Config) -> CandidateRows:
    """Mine what the tagger proposes in texts as they stand."""
    return candidate_rows(tagger, texts, config.verifier.prior, config.seed)


def _chosen_batch(
    tagger: Tagger, verifier: Network, documents: Sequence[Labelled], config: Config
) -> ChosenRows:
    """Let the model choose in some documents."""
    return chosen_rows(tagger, verifier, documents, config.verifier.prior)


def all_clean(parts: Ingredients) -> list[Labelled]:
    """Every clean text of some parts as it stands."""
    return [Labelled(text.text, (), text.lang, "", "", "clean") for text in (*parts.hosts, *parts.ham)]


@dataclass(frozen=True)
class Verdicts:
    """The third stage, fitted.

    Attributes
    ----------
    network
        From a candidate's features to the probability of each verdict.
    calibration
        See :func:`spamguard.learning.calibration.calibrate`.
    calibration_error
        Expected calibration error on candidates that neither was fitted on.
    """

    network: Network
    calibration: Floats
    calibration_error: float


def _stretches(texts: Sequence[Labelled]) -> list[Sequence[Labelled]]:
    """Cut texts into stretches for the processes."""
    return [texts[i : i + BATCH // 2] for i in range(0, len(texts), BATCH // 2)]


def mine_candidates(
    tagger: Tagger, parts: Ingredients, as_they_stand: Sequence[Labelled], config: Config
) -> CandidateRows:
    """Collect candidates from made documents and from texts as they stand."""
    count = max(1, config.verifier.documents // BATCH)
    jobs = [delayed(_candidate_batch)(tagger, parts, config, config.seed + 300_000 + i) for i in range(count)]
    jobs += [delayed(_proposed)(tagger, texts, config) for texts in _stretches(as_they_stand)]
    found = [rows for rows in Parallel(config.jobs)(tqdm(jobs, desc="candidates")) if len(rows.verdicts)]
    return joined(found)


def fit_verifier(
    tagger: Tagger, check: Ingredients, clean_texts: Sequence[Labelled], config: Config
) -> Verdicts:
    """Fit the third stage on most of some ingredients, its calibration on the others.

    Parameters
    ----------
    tagger
        The first two stages.
    check
        Ingredients with texts that the tagger did not learn from.
    clean_texts
        Further texts to mine false alarms in.
    config
        Every knob.
    """
    knobs = config.verifier
    n_lone = round(_LONE_SHARE * knobs.documents)
    fit, rest = part_of(check, 0, config.third_below), part_of(check, config.third_below, 1)
    lone = lone_ads(fit, n_lone, seed=config.seed + 340_000)
    rows = mine_candidates(tagger, fit, [*all_clean(fit), *clean_texts, *lone], config)
    network = fit_network(
        rows.matrix.astype(np.float32, copy=False),
        rows.verdicts,
        hidden=tuple(knobs.hidden),
        epochs=knobs.epochs,
        seed=config.seed,
        alpha=knobs.alpha,
        networks=knobs.networks,
        jobs=config.jobs,
    )
    n_made, n_alone = round(_CALIBRATION_SHARE * knobs.documents), round(_CALIBRATION_SHARE * n_lone)
    made = make(rest, n_made, polluted_share=knobs.polluted_share, seed=config.seed + 350_000)
    made += lone_ads(rest, n_alone, seed=config.seed + 360_000)
    jobs = [
        delayed(_chosen_batch)(tagger, network, texts, config) for texts in _stretches(made + all_clean(rest))
    ]
    found = Parallel(config.jobs)(tqdm(jobs, desc="calibration"))
    log_odds = np.concatenate([rows.log_odds for rows in found])
    truth = np.concatenate([rows.truth for rows in found])
    even = np.arange(len(truth)) % 2 == 0
    points = calibrate(log_odds[even], truth[even])
    scores = np.interp(log_odds[~even], points[:, 0], points[:, 1])
    return Verdicts(network, points, expected_calibration_error(scores, truth[~even]))

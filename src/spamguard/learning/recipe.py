"""The recipe of the shipped model, from corpora to artefact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tqdm import tqdm

from spamguard.learning.calibration import calibrate, expected_calibration_error
from spamguard.learning.card import render
from spamguard.learning.category_fit import fit_categories
from spamguard.learning.config import Config, TaggerConfig, read_config
from spamguard.learning.corpora import Source, documents, read_sources
from spamguard.learning.documents import SNIPPET_SIZES, Ingredients, Labelled, make
from spamguard.learning.figures import held_out_cases, measure
from spamguard.learning.ingredients import gather
from spamguard.learning.language_fit import fit_language_tables
from spamguard.learning.lexical_fit import batches, fit_batch, new_classifier
from spamguard.learning.manifest import manifest_of
from spamguard.learning.rows import (
    CandidateRows,
    ChosenRows,
    TagRows,
    candidate_rows,
    category_rows,
    chosen_rows,
    tag_rows,
)
from spamguard.learning.split import part_of, poorer
from spamguard.learning.tag_fit import fit_network
from spamguard.model import artefact
from spamguard.model.detector import Detector
from spamguard.model.network import Network
from spamguard.model.tagger import Tagger

Floats = NDArray[np.float32]
_BATCH = 2000


@dataclass(frozen=True)
class Parts:
    """The ingredients, split by text: for the first, the second and the third stage."""

    fit: Ingredients
    tune: Ingredients
    check: Ingredients


def _steps(count: int, title: str) -> Iterable[int]:
    """Count the batches of a stage, with progress."""
    steps: Iterable[int] = tqdm(range(max(1, count // _BATCH)), desc=title, unit="batch")
    return steps


def fit_lexical(parts: Ingredients, config: Config, seed: int) -> tuple[Floats, float]:
    """Fit the first stage.

    Returns
    -------
    (weights, bias)
        float32, shape (2 ** HASH_BITS,), and a number.
    """
    classifier = new_classifier(config.lexical.alpha, config.seed)
    for batch in _steps(config.lexical.documents, "lexical"):
        snippets = make(parts, int(_BATCH * 0.8), polluted_share=0.75, seed=seed + batch, sizes=SNIPPET_SIZES)
        articles = make(parts, int(_BATCH * 0.2), polluted_share=0.3, seed=seed + 100_000 + batch)
        mixed = [document for pair in zip(snippets[::4], articles, strict=False) for document in pair]
        mixed += [document for i, document in enumerate(snippets) if i % 4]
        for part in batches(mixed):
            fit_batch(classifier, part)
    return classifier.coef_[0].astype(np.float32), float(classifier.intercept_[0])


def _tag_batch(tagger: Tagger, parts: Ingredients, config: TaggerConfig, seed: int) -> TagRows:
    """Make one batch of rows for the second stage."""
    documents = make(parts, _BATCH, polluted_share=config.polluted_share, seed=seed)
    rows = tag_rows(tagger, documents, config.keep_share, seed)
    return TagRows(rows.matrix.astype(np.float16), rows.tags)


def fit_tagger(poor: Tagger, full: Tagger, parts: Ingredients, config: Config) -> Tagger:
    """Fit the second stage behind a poor first stage and the full one by turns; return it on the full one."""
    seeds = range(config.seed + 200_000, config.seed + 200_000 + max(2, config.tagger.documents // _BATCH))
    jobs = [delayed(_tag_batch)((poor, full)[seed % 2], parts, config.tagger, seed) for seed in seeds]
    found = Parallel(config.jobs)(tqdm(jobs, desc="token rows", unit="batch"))
    tags = np.concatenate([rows.tags for rows in found])
    matrix = np.concatenate([rows.matrix for rows in found]).astype(np.float32)
    del found
    knobs = config.tagger
    network = fit_network(
        matrix, tags, hidden=tuple(knobs.hidden), epochs=knobs.epochs, seed=config.seed, alpha=knobs.alpha
    )
    return replace(full, network=network)


def _candidate_batch(tagger: Tagger, parts: Ingredients, config: Config, seed: int) -> CandidateRows:
    """Make one batch of rows for the third stage."""
    documents = make(parts, _BATCH, polluted_share=config.verifier.polluted_share, seed=seed)
    return candidate_rows(tagger, documents, config.verifier.prior, seed)


def _false_alarms(tagger: Tagger, texts: Sequence[Labelled], config: Config) -> CandidateRows:
    """Mine what the tagger proposes in clean texts."""
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
    return [texts[i : i + _BATCH // 2] for i in range(0, len(texts), _BATCH // 2)]


def mine_candidates(
    tagger: Tagger, parts: Ingredients, clean_texts: Sequence[Labelled], config: Config
) -> CandidateRows:
    """Collect candidates from made documents and from clean texts."""
    count = max(1, config.verifier.documents // _BATCH)
    jobs = [delayed(_candidate_batch)(tagger, parts, config, config.seed + 300_000 + i) for i in range(count)]
    jobs += [delayed(_false_alarms)(tagger, texts, config) for texts in _stretches(clean_texts)]
    found = [rows for rows in Parallel(config.jobs)(tqdm(jobs, desc="candidates")) if len(rows.verdicts)]
    return CandidateRows(
        np.concatenate([rows.matrix for rows in found]).astype(np.float32),
        np.concatenate([rows.verdicts for rows in found]),
    )


def fit_verifier(tagger: Tagger, parts: Parts, config: Config) -> Verdicts:
    """Fit the third stage on half of the check part and the tune part, its calibration on the other half."""
    half = (config.tune_below + 1) / 2
    fit, rest = part_of(parts.check, 0, half), part_of(parts.check, half, 1)
    rows = mine_candidates(tagger, fit, all_clean(fit) + all_clean(parts.tune), config)
    knobs = config.verifier
    network = fit_network(
        rows.matrix,
        rows.verdicts,
        hidden=tuple(knobs.hidden),
        epochs=knobs.epochs,
        seed=config.seed,
        alpha=knobs.alpha,
    )
    made = make(rest, knobs.documents // 4, polluted_share=knobs.polluted_share, seed=config.seed + 350_000)
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


def split(ingredients: Ingredients, config: Config) -> Parts:
    """Split the ingredients between the stages."""
    return Parts(
        part_of(ingredients, 0, config.fit_below),
        part_of(ingredients, config.fit_below, config.tune_below),
        part_of(ingredients, config.tune_below, 1),
    )


def train(ingredients: Ingredients, sources: Sequence[Source], config: Config) -> Detector:
    """Run the recipe.

    Parameters
    ----------
    ingredients
        What documents are made of.
    sources
        The corpora, for the manifest.
    config
        Every knob.

    Returns
    -------
    Detector
        Ready to find; its manifest lacks the digest of its arrays, which saving adds.
    """
    parts = split(ingredients, config)
    tables = fit_language_tables(parts.fit.hosts)
    plain = parts.fit.without_mentions()
    poor = poorer(
        plain,
        family_share=config.lexical.family_share,
        string_share=config.lexical.string_share,
        seed=config.seed,
    )
    behind, full = Parallel(config.jobs)(
        delayed(fit_lexical)(one, config, config.seed + offset)
        for one, offset in ((poor, 0), (plain, 50_000_000))
    )
    poor_tagger, full_tagger = (
        Tagger(weights, bias, tables, config.gate) for weights, bias in (behind, full)
    )
    tagger = fit_tagger(poor_tagger, full_tagger, parts.tune, config)
    return finish(tagger, parts, sources, config)


def finish(tagger: Tagger, parts: Parts, sources: Sequence[Source], config: Config) -> Detector:
    """Fit what comes behind the tagger, and put the model together."""
    verdicts = fit_verifier(tagger, parts, config)
    labelled = make(
        parts.fit,
        config.verifier.documents,
        polluted_share=1.0,
        seed=config.seed + 400_000,
        sizes=SNIPPET_SIZES,
    )
    weights, bias = fit_categories(*category_rows(labelled), config.seed)
    figures = {"calibration_error": round(verdicts.calibration_error, 4)}
    manifest = manifest_of(config, sources, figures)
    return Detector(
        tagger, verdicts.network, weights, bias, verdicts.calibration, config.verifier.prior,
        config.thresholds, manifest, config.name,
    )  # fmt: skip


def train_from_config(config_path: Path, out: Path, root: Path | None = None) -> Path:
    """Run the recipe that a configuration describes and write the artefact.

    Parameters
    ----------
    config_path
        ``training/config.toml`` or one like it; the recipe's other files lie beside it.
    out
        Folder of the artefact.
    root
        Folder of the corpora; by default the one that ``sources.toml`` names.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    InputError, SourceError
        If the configuration, a grammar or a corpus is missing or faulty.
    """
    config = read_config(config_path)
    folder = config_path.parent
    sources = read_sources(folder / "sources.toml", root)
    ingredients = gather(folder, sources, config)
    write(train(ingredients, sources, config), ingredients, sources, config, out)
    return out


def write(
    detector: Detector, ingredients: Ingredients, sources: Sequence[Source], config: Config, out: Path
) -> None:
    """Measure a trained model, and write its artefact and its card."""
    cases = held_out_cases(ingredients, documents(sources, "test"), config.measured, config.seed + 900_000)
    # What is measured is what is shipped: weights as they are stored, in half precision.
    shipped = Detector.from_artefact(
        artefact.Artefact({**detector.manifest, "arrays_sha256": ""}, detector.to_arrays())
    )
    figures = {**detector.manifest["figures"], "held_out": measure(shipped, cases)}
    manifest = {**detector.manifest, "figures": figures}
    artefact.save(out, detector.to_arrays(), manifest)
    (out / "README.md").write_text(render(manifest), "utf-8")

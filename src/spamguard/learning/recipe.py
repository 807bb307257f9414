"""The recipe of the shipped model, from corpora to artefact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spamguard.learning.card import render
from spamguard.learning.category_stage import fit_category_stage
from spamguard.learning.config import Config, read_config
from spamguard.learning.corpora import Source, documents, read_sources
from spamguard.learning.documents import Ingredients
from spamguard.learning.figures import held_out_cases, measure
from spamguard.learning.ingredients import gather
from spamguard.learning.leave_out import without
from spamguard.learning.lexical_stage import fit_halves
from spamguard.learning.manifest import manifest_of
from spamguard.learning.reader_stage import fit_tagger
from spamguard.learning.split import part_of
from spamguard.learning.verifier_stage import all_clean, fit_verifier
from spamguard.model import artefact
from spamguard.model.detector import Detector
from spamguard.model.tagger import Tagger


@dataclass(frozen=True)
class Parts:
    """The ingredients, split by text: two halves for the first two stages, the rest for the third."""

    first: Ingredients
    second: Ingredients
    check: Ingredients


def split(ingredients: Ingredients, config: Config) -> Parts:
    """Split the ingredients between the stages."""
    return Parts(
        part_of(ingredients, 0, config.first_below),
        part_of(ingredients, config.first_below, config.second_below),
        part_of(ingredients, config.second_below, 1),
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
    halves = fit_halves(parts.first, parts.second, config)
    tagger = fit_tagger(halves, parts.first, parts.second, config)
    return finish(tagger, parts, sources, config)


def finish(tagger: Tagger, parts: Parts, sources: Sequence[Source], config: Config) -> Detector:
    """Fit what comes behind the tagger, and put the model together."""
    verdicts = fit_verifier(tagger, parts.check, all_clean(parts.second), config)
    weights, bias = fit_category_stage(parts.first, config)
    figures = {"calibration_error": round(verdicts.calibration_error, 4)}
    manifest = manifest_of(config, sources, figures)
    return Detector(
        tagger, verdicts.network, weights, bias, verdicts.calibration, config.verifier.prior,
        config.thresholds, manifest, config.name,
    )  # fmt: skip


def train_from_config(
    config_path: Path, out: Path, root: Path | None = None, *, without_families: Sequence[str] = ()
) -> Path:
    """Run the recipe that a configuration describes and write the artefact.

    Parameters
    ----------
    config_path
        ``training/config.toml`` or one like it; the recipe's other files lie beside it.
    out
        Folder of the artefact.
    root
        Folder of the corpora; by default the one that ``sources.toml`` names.
    without_families
        Names or patterns of families to learn nothing of; the manifest and the card name those that fit.

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
    gathered = gather(folder, sources, config)
    ingredients = without(gathered, without_families)
    trained = train(ingredients, sources, config)
    left_out = sorted(
        {family.name for family in gathered.families} - {family.name for family in ingredients.families}
    )
    told = replace(trained, manifest={**trained.manifest, "families_left_out": left_out})
    write(told, ingredients, sources, config, out)
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

"""Measures a model on cases that are made for it: disguises, families, held-out sources, families left out.

    python training/measure.py disguises --model my-model
    python training/measure.py families --sample 600
    python training/measure.py held-out --sample 1000
    python training/measure.py profiles --write docs/profiles.md
    nohup nice -n 19 python training/measure.py leave-out --out left_out --minutes 600 &

Tables come as Markdown. All of it but ``profiles`` needs the corpora that sources.toml names.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import click

import spamguard
from spamguard.cleaner import Guard
from spamguard.learning import recipe
from spamguard.learning.cases import Case, read_cases
from spamguard.learning.config import Config, read_config
from spamguard.learning.corpora import Source, documents, read_sources
from spamguard.learning.documents import Ingredients
from spamguard.learning.evaluation import evaluate, tabulate
from spamguard.learning.figures import held_out_cases
from spamguard.learning.grid import PLAIN, clean_cases, grid_cases, on_held_out
from spamguard.learning.ingredients import gather
from spamguard.learning.leave_out import (
    LeftOut,
    family_cases,
    groups_of,
    recall_by_family,
    scaled,
    threshold_at,
    without,
)
from spamguard.learning.markdown import put_figures, table
from spamguard.learning.measured_disguises import MEASURED

FOLDER = Path(__file__).parent
COLUMNS = ("contaminated", "recall", "restored", "precision")
BOTH = ("contaminated", "clean", "restored", "recall", "precision", "altered", "lost")
PROFILES = ("newsroom", "corpus")
WANTED_RECALL = 0.95
OPEN_THRESHOLD = 0.01
# Another seed than the recipe's, so that strings are others.
SEED = 771_000

model_option = click.option("--model", type=click.Path(path_type=Path), help="Folder of an artefact.")
profile_option = click.option("--profile", type=click.Choice(PROFILES), help="The model's default otherwise.")
config_option = click.option(
    "--config", type=click.Path(exists=True, path_type=Path), default=FOLDER / "config.toml"
)
data_option = click.option(
    "--data", type=click.Path(exists=True, path_type=Path), help="Folder of the corpora."
)


def sample_option(default: int) -> Any:  # noqa: ANN401  (click's own decorator)
    """Return the option that bounds the number of polluted documents, and so the time."""
    return click.option("--sample", default=default, show_default=True, type=click.IntRange(1))


def load_recipe(config_path: Path, data: Path | None) -> tuple[Config, list[Source], Ingredients]:
    """Read a recipe with all that documents are made of."""
    config = read_config(config_path)
    sources = read_sources(config_path.parent / "sources.toml", data)
    return config, sources, gather(config_path.parent, sources, config)


def held_out_parts(config_path: Path, data: Path | None) -> Ingredients:
    """Return the recipe's grammars over articles that nothing was trained on."""
    _, sources, ingredients = load_recipe(config_path, data)
    return on_held_out(ingredients, documents(sources, "test"))


def show_groups(guard: Guard, cases: Sequence[Case], keys: Sequence[str], profile: str | None) -> None:
    """Print a table for each grouping, the weakest first, then what all clean and polluted cases give."""
    outcome = evaluate(partial(guard.clean_many, profile=profile), cases)
    polluted = [one for one in outcome.outcomes if one[0].contaminated]
    for key in keys:
        rows = {name.partition("=")[2]: row for name, row in tabulate(polluted, [key]).items() if "=" in name}
        ranked = dict(sorted(rows.items(), key=lambda item: (item[1]["recall"] or 0, item[0])))
        click.echo(f"\n{table(key, ranked, COLUMNS)}\n")
        recalls = [row["recall"] or 0.0 for row in rows.values()]
        weak = sum(one < WANTED_RECALL for one in recalls)
        click.echo(f"mean recall {mean(recalls):.4f}, least {min(recalls):.4f}; {weak} below {WANTED_RECALL}")
    click.echo(f"\n{table('', {guard.model_id: outcome.rows['all']}, BOTH)}")


@click.group()
def measure() -> None:
    """Measure a model on cases that are made for it."""


@measure.command()
@sample_option(2000)
@model_option
@profile_option
@config_option
@data_option
def disguises(sample: int, model: Path | None, profile: str | None, config: Path, data: Path | None) -> None:
    """Recall by disguise and by family: 25 disguises over strings of every family."""
    parts = held_out_parts(config, data)
    polluted = grid_cases(parts, {PLAIN: None, **MEASURED}, sample=sample, seed=SEED)
    cases = [*polluted, *clean_cases(parts, sample // 2, SEED)]
    show_groups(spamguard.load(model), cases, ["disguise", "family"], profile)


@measure.command()
@sample_option(1500)
@model_option
@profile_option
@config_option
@data_option
def families(sample: int, model: Path | None, profile: str | None, config: Path, data: Path | None) -> None:
    """Recall by family at all placements, as many cases of each family."""
    parts = held_out_parts(config, data)
    names = [family.name for family in parts.families]
    cases = family_cases(parts, names, max(1, sample // len(names)), SEED)
    cases += clean_cases(parts, sample // 2, SEED)
    show_groups(spamguard.load(model), cases, ["category", "family", "pattern"], profile)


@measure.command("held-out")
@sample_option(1000)
@model_option
@profile_option
@config_option
@data_option
def held_out(sample: int, model: Path | None, profile: str | None, config: Path, data: Path | None) -> None:
    """All measures on held-out sources, by placement, language and length."""
    settings, sources, ingredients = load_recipe(config, data)
    tests = documents(sources, "test")
    cases = held_out_cases(ingredients, tests, sample, settings.seed + 900_000)
    polluted, clean = cases[:sample], cases[sample:]
    step = max(1, len(clean) // sample)
    show_groups(spamguard.load(model), polluted + clean[::step], ["pattern", "lang", "length"], profile)


@measure.command()
@model_option
@click.option("--write", type=click.Path(exists=True, path_type=Path), help="Put the table into a document.")
def profiles(model: Path | None, write: Path | None) -> None:
    """Both profiles on the floor set, by sort of document."""
    cases = [case for path in sorted((FOLDER / "floor_set").glob("*.jsonl")) for case in read_cases(path)]
    guard = spamguard.load(model)
    rows = {}
    for profile in PROFILES:
        least = guard.manifest["thresholds"][profile]
        outcome = evaluate(partial(guard.clean_many, profile=profile), cases, by=["pattern"])
        rows[f"{profile} (score of {least} or more)"] = outcome.rows["all"]
        for kind in ("clean", "hard_negative", "never_a_censor"):
            rows[f"{profile}: {kind.replace('_', ' ')}"] = outcome.rows[f"pattern={kind}"]
    text = f"{table('', rows, BOTH)}\n\nModel `{guard.model_id}`, floor set."
    click.echo(text)
    if write:
        put_figures(write, text)


@measure.command("leave-out")
@click.option("--by", type=click.Choice(["fold", "category"]), default="fold", show_default=True)
@click.option("--folds", default=8, show_default=True, type=click.IntRange(2))
@click.option("--scale", default=0.1, show_default=True, help="Share of the recipe's documents.")
@click.option("--altered", default=0.001, show_default=True, help="Share of clean documents that may change.")
@click.option("--per-family", default=10, show_default=True, type=click.IntRange(1))
@click.option("--clean", "n_clean", default=3000, show_default=True, type=click.IntRange(1))
@click.option("--minutes", default=600, show_default=True, help="Start no group after so long.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the results.")
@config_option
@data_option
def leave_out(out: Path, config: Path, data: Path | None, minutes: int, **knobs: Any) -> None:  # noqa: ANN401
    """Train without a group of families in turn, and measure recall on it at the same share altered.

    A group whose result lies in the folder is not trained again: a run goes on where it ended.
    """
    began_s = time.monotonic()
    settings, sources, ingredients = load_recipe(config, data)
    settings = scaled(settings, knobs["scale"])
    parts = on_held_out(ingredients, documents(sources, "test"))
    clean = clean_cases(parts, knobs["n_clean"], SEED)
    out.mkdir(parents=True, exist_ok=True)
    for group, names in groups_of(ingredients.families, knobs["by"], knobs["folds"]).items():
        result = out / f"{group}.json"
        if result.exists() or time.monotonic() - began_s > 60 * minutes:
            continue
        detector = recipe.train(without(ingredients, names), sources, settings)
        left = _measure_left_out(group, names, Guard(detector), parts, clean, knobs)
        result.write_text(json.dumps(asdict(left), indent=1), "utf-8")
    click.echo(_left_out_table(out))


def _measure_left_out(
    group: str, names: list[str], guard: Guard, parts: Ingredients, clean: list[Case], knobs: dict[str, Any]
) -> LeftOut:
    """Measure a model on the families that it never learnt, and on as many that it did."""
    found = guard.clean_many([case.text for case in clean], threshold=OPEN_THRESHOLD)
    threshold = max(OPEN_THRESHOLD, threshold_at(zip(clean, found, strict=True), knobs["altered"]))
    cleaner = partial(guard.clean_many, threshold=threshold)
    known = [family.name for family in parts.families if family.name not in names]
    step = max(1, len(known) // len(names))
    recalls = [
        recall_by_family(cleaner, family_cases(parts, some, knobs["per_family"], SEED))
        for some in (names, known[::step])
    ]
    return LeftOut(group, threshold, recalls[0], round(mean(recalls[1].values()), 4) if recalls[1] else None)


def _left_out_table(out: Path) -> str:
    """Render the results of a folder, and the mean over all families in them."""
    results = [LeftOut(**json.loads(path.read_text("utf-8"))) for path in sorted(out.glob("*.json"))]
    rows = {
        one.group: {
            "families": len(one.recall),
            "recall": one.mean,
            "least": min(one.recall.values(), default=None),
            "families it learnt": one.recall_of_known,
            "threshold": round(one.threshold, 4),
        }
        for one in results
    }
    recalls = [recall for one in results for recall in one.recall.values()]
    columns = ("families", "recall", "least", "families it learnt", "threshold")
    return (
        f"{table('left out', rows, columns)}\n\nmean over {len(recalls)} families: {mean(recalls or [0]):.4f}"
    )


if __name__ == "__main__":
    measure()

"""`spamguard train LABELS`: a candidate from a model and labels, with its proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from spamguard.cleaner import Guard
from spamguard.errors import InputError
from spamguard.learning.evaluation import tabulate
from spamguard.learning.labels.record import Label
from spamguard.learning.proof.comparison import Comparison, compare
from spamguard.learning.proof.gate import HELD_OUT, floor_digest, label_cases, prove, refusals
from spamguard.learning.update.lesson import Update, canonical, digest_of, make_lesson
from spamguard.learning.update.model import ModelUpdate
from spamguard.learning.update.splitting import split
from spamguard.learning.update.stepping import Remembering, furthest
from spamguard.model import artefact
from spamguard.model.detector import Detector

DEFAULT_SHARE = 0.2
DEFAULT_SEED = 20261122
NOTHING_LEARNT = (
    "nothing was learnt: the model does already what the labels ask for, its weights are the base's"
)
_NOT_INHERITED = frozenset({"arrays_sha256", "figures", "promotion", "comparison", "learnt", "gate"})


@dataclass(frozen=True)
class Candidate:
    """A model that learnt, and how it compares.

    Attributes
    ----------
    detector
        The model; its manifest lacks the digest of its arrays, which saving adds.
    proof
        By set of cases.
    refused
        Why it may not serve, such as that it learnt nothing; empty if it may.
    n_learnt, n_held_out
        Labels on either side.
    """

    detector: Detector
    proof: Mapping[str, Comparison]
    refused: Sequence[str]
    n_learnt: int
    n_held_out: int

    def save(self, folder: Path) -> str:
        """Write the artefact and return the model's id."""
        return artefact.save(folder, self.detector.to_arrays(), dict(self.detector.manifest)).model_id


def learn(
    base: Detector,
    labels: Sequence[Label],
    *,
    name: str = "candidate",
    share: float = DEFAULT_SHARE,
    seed: int = DEFAULT_SEED,
    update: Update | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Candidate:
    """Let a model learn from labels, and prove the outcome.

    Parameters
    ----------
    base
        What to start from; its corpora are not needed.
    labels
        At least one with a mark, or one that the model cuts and people say is clean. Their order changes
        nothing, and a model that learns without one of them is the one that never saw it.
    name
        Of the new model.
    share
        Share of the labels held out to measure on, by source and campaign, 0 to below 1.
    seed
        Seed of all chance.
    update
        How the model is moved; :class:`ModelUpdate` by default.
    tell
        Told what is done next.

    Raises
    ------
    InputError
        If there are no labels, or the base never learnt a category that they name.
    SourceError
        If this installation carries neither grammars nor floor set.
    """
    if not labels:
        raise InputError("there are no labels to learn from")
    move = update or ModelUpdate()
    # Copies are no further labels: they must not move the line between the two sides either.
    learnt, held_out = split(canonical(labels), share, seed)
    tell(f"1 of 3: placing the ads of {len(learnt):,} labels")
    lesson = make_lesson(learnt, seed)
    tell(f"2 of 3: learning from {len(lesson.labelled):,} texts, with {len(lesson.kept):,} to keep")
    moved = move(base, lesson)
    tell(f"3 of 3: proving it on the floor set and {len(held_out):,} labels held out")
    before = Remembering(Guard(base))
    step = furthest(base, moved, partial(_judge, before), tell)
    # Looked at once, when all is chosen: its figures are selected on in nothing.
    seen = compare(before, Guard(step.detector), label_cases(held_out))
    proof = {**step.proof, HELD_OUT: seen}
    refused = [*refusals(proof), *_nothing_learnt(base, step.detector)]
    story = {
        "base": base.manifest.get("arrays_sha256", ""),
        "base_name": base.model_id,
        "labels": len(learnt),
        "labels_sha256": digest_of(learnt),
        "held_out": len(held_out),
        "held_out_sha256": digest_of(held_out),
        "seed": seed,
        "update": move.describe(),
        "share_of_way": step.share,
        "floor_set_sha256": floor_digest(),
    }
    manifest = _manifest(base, name, seed, story, proof, refused)
    return Candidate(replace(step.detector, manifest=manifest), proof, refused, len(learnt), len(held_out))


def _nothing_learnt(base: Detector, moved: Detector) -> list[str]:
    """Name it where two models have the same weights, as they are stored."""
    old, new = base.to_arrays(), moved.to_arrays()
    return [] if any(not np.array_equal(old[name], new[name]) for name in old) else [NOTHING_LEARNT]


def _judge(base: Remembering, detector: Detector) -> tuple[Mapping[str, Comparison], Sequence[str]]:
    """Prove a model on the floor set, and say why it may not serve."""
    proof = prove(base, Guard(detector), [])
    return proof, refusals(proof)


def learning_curve(
    base: Detector,
    candidate: Detector,
    labels: Sequence[Label],
    *,
    share: float = DEFAULT_SHARE,
    seed: int = DEFAULT_SEED,
) -> list[tuple[float, float]]:
    """Learn from a quarter and half of the labels, and measure on those held out, beside base and candidate.

    Parameters
    ----------
    candidate
        What :func:`learn` made of all of them.
    base, labels, share, seed
        As for :func:`learn`.

    Returns
    -------
    list of (float, float)
        Labels learnt from, 0 for the base, and recall of spam characters; empty where nothing is held out.
    """
    learnt, held_out = split(canonical(labels), share, seed)
    cases = label_cases(held_out)
    if not any(case.contaminated for case in cases):
        return []
    ordered = sorted(learnt, key=lambda label: digest_of([label]))
    points = []
    for part in (0, len(ordered) // 4, len(ordered) // 2, len(ordered)):
        model = candidate if part == len(ordered) else base
        if 0 < part < len(ordered):
            model = ModelUpdate()(base, make_lesson(ordered[:part], seed))
        results = Guard(model).clean_many([case.text for case in cases])
        recall = tabulate(zip(cases, results, strict=True))["all"]["recall"]
        points.append((float(part), recall or 0.0))
    return points


def _manifest(
    base: Detector,
    name: str,
    seed: int,
    story: Mapping[str, Any],
    proof: Mapping[str, Comparison],
    refused: Sequence[str],
) -> dict[str, Any]:
    """Return what the candidate says about itself: the base's figures are not its own and stay behind."""
    kept = {key: value for key, value in base.manifest.items() if key not in _NOT_INHERITED}
    return {
        **kept,
        "name": name,
        "trained_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "spamguard": version("spamguard"),
        "seed": seed,
        "learnt": dict(story),
        "comparison": {title: one.to_dict() for title, one in proof.items()},
        "gate": list(refused),
    }

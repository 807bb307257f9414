"""The gate before a model serves: floors that hold for any model, and what may not fall against the last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spamguard.errors import ArtefactError
from spamguard.learning.cases import Case, read_cases
from spamguard.learning.floors import fallen, read_floors
from spamguard.learning.labels.record import Label
from spamguard.learning.proof.comparison import (
    CleansMany,
    Comparison,
    clean_with_both,
    compare,
    compare_results,
)
from spamguard.learning.shipped import shipped
from spamguard.learning.update.lesson import host_of

FLOOR_SET, HELD_OUT, HARD = "floor set", "held-out labels", "hard negatives"
# How much a measure may fall, or rise, against the base: two articles of the floor set's 630.
MOST_RESTORED_FALL = 0.003
_HARD_PATTERNS = ("hard_negative", "never_a_censor")


def floor_cases() -> list[Case]:
    """Return the cases of the shipped floor set.

    Raises
    ------
    SourceError
        If this installation carries none.
    """
    return [case for path in sorted(shipped("floor_set").glob("*.jsonl")) for case in read_cases(path)]


def floor_digest() -> str:
    """Return the SHA-256 of the floor set and its floors, for manifests."""
    digest = hashlib.sha256(shipped("floors.json").read_bytes())
    for path in sorted(shipped("floor_set").glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def label_cases(labels: Sequence[Label]) -> list[Case]:
    """Turn labels into cases: each text as it stands, and each host without its ads."""
    cases = []
    for number, label in enumerate(labels):
        host = host_of(label)
        groups: dict[str, str | None] = {"pattern": "label" if label.marks else "clean"}
        name = label.id or str(number)
        cases.append(Case(name, label.text, host, label.spans, groups))
        if label.marks and host.strip():
            cases.append(Case(f"{name} without its ads", host, host, (), {"pattern": "clean"}))
    return cases


def prove(base: CleansMany, candidate: CleansMany, held_out: Sequence[Label]) -> dict[str, Comparison]:
    """Compare a candidate with its base on the floor set, the hard negatives in it, and held-out labels.

    Parameters
    ----------
    base, candidate
        The models.
    held_out
        Labels that the candidate did not learn from; there may be none.

    Raises
    ------
    SourceError
        If this installation carries no floor set.
    """
    pairs = clean_with_both(base, candidate, floor_cases())
    hard = [pair for pair in pairs if pair[0].groups.get("pattern") in _HARD_PATTERNS]
    return {
        FLOOR_SET: compare_results(pairs),
        HARD: compare_results(hard),
        HELD_OUT: compare(base, candidate, label_cases(held_out)),
    }


def refusals(proof: Mapping[str, Comparison], floors: Path | None = None) -> list[str]:
    """Say why a candidate may not serve.

    Parameters
    ----------
    proof
        From :func:`prove`.
    floors
        Floors in place of the shipped ones.

    Returns
    -------
    list of str
        One line for each floor that falls; none if it may.

    Raises
    ------
    InputError
        If the floors are faulty.
    """
    limits = read_floors(floors or shipped("floors.json"))
    found = [f"{FLOOR_SET}, {fault}" for fault in fallen(limits, proof[FLOOR_SET].rows)]
    for name, comparison in proof.items():
        found += _against_base(name, comparison)
    return found


def standing(manifest: Mapping[str, Any]) -> list[str]:
    """Say what training refused a model for that its promotion cannot measure again.

    Labels are not at hand then; floor set and hard negatives are, and are measured against whatever serves.

    Parameters
    ----------
    manifest
        The model's.

    Raises
    ------
    ArtefactError
        If what it says of the gate is no list of lines.
    """
    lines = manifest.get("gate", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ArtefactError(f"the manifest of {manifest['name']} is damaged: gate must be a list of strings")
    measured_again = tuple(f"{name}{sign}" for name in (FLOOR_SET, HARD) for sign in ",:")
    return [line for line in lines if not line.startswith(measured_again)]


def _against_base(name: str, comparison: Comparison) -> list[str]:
    """Name what falls against the base."""
    found = []
    restored, altered = comparison.figures.get("restored"), comparison.figures.get("altered")
    if restored is not None and restored.difference < -MOST_RESTORED_FALL:
        found.append(
            f"{name}: restored falls from {restored.base} to {restored.candidate}, "
            f"by more than {MOST_RESTORED_FALL}"
        )
    if altered is not None and altered.difference > 0:
        found.append(f"{name}: altered rises from {altered.base} to {altered.candidate}")
    return found

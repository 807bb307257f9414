"""The recipe's knobs: one commented TOML file, read into frozen dataclasses that refuse unknown keys."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from spamguard.errors import InputError


@dataclass(frozen=True, slots=True)
class LexicalConfig:
    """First stage: documents to fit on, L2 penalty, and how much poorer the stacking copy's inventory is."""

    documents: int
    alpha: float
    family_share: float
    string_share: float


@dataclass(frozen=True, slots=True)
class TaggerConfig:
    """Second stage: documents, polluted share, share of plain tokens kept, and the network's shape."""

    documents: int
    polluted_share: float
    keep_share: float
    hidden: list[int]
    epochs: int
    alpha: float


@dataclass(frozen=True, slots=True)
class VerifierConfig:
    """Third stage: documents, decoding prior of the candidates, and the network's shape."""

    documents: int
    polluted_share: float
    prior: float
    hidden: list[int]
    epochs: int
    alpha: float


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the recipe can be told.

    Attributes
    ----------
    name
        Name of the model.
    seed
        Seed of all chance.
    fit_below, tune_below
        Texts are split by digest: below the first number for the first stage, below the second for the
        second, the rest for the third and for choosing thresholds.
    jobs
        Processes that make rows.
    measured
        Polluted documents that the finished model is measured on.
    gate
        Lines whose best smoothed lexical log-odds lie below this are read no further.
    language_weight
        How often a language is drawn, for families by code, for hosts as ``host:code``; 1 where not named.
    lexical, tagger, verifier
        The stages.
    thresholds
        Least score by profile.
    """

    name: str
    seed: int
    fit_below: float
    tune_below: float
    jobs: int
    measured: int
    gate: float
    language_weight: dict[str, float]
    lexical: LexicalConfig
    tagger: TaggerConfig
    verifier: VerifierConfig
    thresholds: dict[str, float]


T = TypeVar("T")


def _build(kind: type[T], table: dict[str, Any], where: str) -> T:
    """Build a dataclass of plain values from a table with exactly its keys."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if set(table) != known:
        wrong = ", ".join(sorted(set(table) ^ known))
        raise InputError(f"{where}: missing or unknown keys: {wrong}; allowed are {', '.join(sorted(known))}")
    return kind(**table)


def read_config(path: Path) -> Config:
    """Read the recipe's configuration.

    Raises
    ------
    InputError
        If the file is missing, no TOML, or has missing or unknown keys.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} is not a configuration: {error}") from None
    stages = {"lexical": LexicalConfig, "tagger": TaggerConfig, "verifier": VerifierConfig}
    for name, kind in stages.items():
        if isinstance(table.get(name), dict):
            table[name] = _build(kind, table[name], f"{path.name} [{name}]")
    return _build(Config, table, path.name)

"""The recipe's knobs: one commented TOML file, read into frozen dataclasses that refuse unknown keys."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from spamguard.errors import InputError


@dataclass(frozen=True, slots=True)
class LexicalConfig:
    """First stage: documents a half is fitted on, L2 penalty, share of families and strings a half knows."""

    documents: int
    alpha: float
    family_share: float
    string_share: float


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """Second stage.

    Attributes
    ----------
    documents, rounds
        How many are made to learn from, and in how many rounds, each of which is held in memory.
    polluted_share
        Share of them with ads.
    keep_share
        Share of the plain text that is learnt from.
    hidden
        Width of the layers.
    rate
        Peak of the learning rate.
    cycles
        How many times the rate falls to nothing (EXPERIMENTS.md, 19).
    drop_grams, drop_words, drop_stretches
        Share of n-grams, of tokens and of stretches of text whose embeddings are left out at a step.
    """

    documents: int
    rounds: int
    polluted_share: float
    keep_share: float
    hidden: int
    rate: float
    cycles: int
    drop_grams: float
    drop_words: float
    drop_stretches: float


@dataclass(frozen=True, slots=True)
class VerifierConfig:
    """Third stage: documents, decoding prior of the candidates, and how many networks of which shape."""

    documents: int
    polluted_share: float
    prior: float
    networks: int
    hidden: list[int]
    epochs: int
    alpha: float


@dataclass(frozen=True, slots=True)
class CategoriesConfig:
    """Last stage: documents of one ad each that it is fitted on, L2 penalty."""

    documents: int
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
    first_below, second_below, third_below
        Texts are split by digest: those below the first number are the first half, those below the second
        the second half, that the first two stages learn from; the third stage learns from those below the
        third, and is calibrated on the rest.
    jobs
        Processes that make rows.
    measured
        Polluted documents that the finished model is measured on.
    gate
        Lines whose best smoothed lexical log-odds lie below this are read no further.
    language_weight
        How often a language is drawn, for families by code, for hosts as ``host:code``; 1 where not named.
    lexical, reader, verifier, categories
        The stages.
    thresholds
        Least score by profile.
    """

    name: str
    seed: int
    first_below: float
    second_below: float
    third_below: float
    jobs: int
    measured: int
    gate: float
    language_weight: dict[str, float]
    lexical: LexicalConfig
    reader: ReaderConfig
    verifier: VerifierConfig
    categories: CategoriesConfig
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
        If the file is missing, no TOML, has missing or unknown keys, or names a third stage without networks.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} is not a configuration: {error}") from None
    stages = {
        "lexical": LexicalConfig,
        "reader": ReaderConfig,
        "verifier": VerifierConfig,
        "categories": CategoriesConfig,
    }
    for name, kind in stages.items():
        if name in table:
            if not isinstance(table[name], dict):
                raise InputError(f"{path.name}: {name} must be a table")
            table[name] = _build(kind, table[name], f"{path.name} [{name}]")
    config = _build(Config, table, path.name)
    hidden = config.verifier.hidden
    sizes = [config.verifier.networks, *(hidden if isinstance(hidden, list) and hidden else [0])]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise InputError(
            f"{path.name} [verifier]: networks must be a whole number from 1, hidden a list of such numbers"
        )
    return config

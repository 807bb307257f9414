"""What a model makes of families that it never learnt: train without some, measure on them."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Literal

from spamguard.errors import InputError
from spamguard.learning.cases import Case
from spamguard.learning.config import Config
from spamguard.learning.documents import Ingredients, make
from spamguard.learning.evaluation import Cleaner, Outcome, tabulate
from spamguard.learning.figures import as_case
from spamguard.learning.grammar import Family

Grouping = Literal["fold", "category"]


def without(ingredients: Ingredients, patterns: Sequence[str]) -> Ingredients:
    """Return ingredients that know nothing of some families.

    Real spam texts go too: nobody has sorted them into families, so they could tell of those left out.

    Parameters
    ----------
    ingredients
        All there is.
    patterns
        Names of families, or patterns of names such as ``*-casino``; none leaves all as it is.

    Raises
    ------
    InputError
        If a pattern fits no family, or no family would be left.
    """
    if not patterns:
        return ingredients
    names = [family.name for family in ingredients.families]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise InputError(f"no family is called {pattern!r}; their files lie in the recipe's inventory")
    kept = [one for one in ingredients.families if not any(fnmatchcase(one.name, p) for p in patterns)]
    if not kept:
        raise InputError("without these families, none is left to learn from")
    return replace(ingredients, families=kept, real_spam={})


def groups_of(families: Iterable[Family], by: Grouping, n_folds: int = 8) -> dict[str, list[str]]:
    """Sort families into groups, each of which is left out in turn.

    Parameters
    ----------
    families
        The inventory.
    by
        "fold" spreads them by a digest of their name: a family left out has kin in other languages that
        stay. "category" leaves out a whole trade in all languages, which is harder.
    n_folds
        How many folds.

    Returns
    -------
    dict
        Names of families by name of the group, both in order.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for family in families:
        digest = int.from_bytes(hashlib.blake2b(family.name.encode(), digest_size=4).digest(), "big")
        groups[family.category if by == "category" else f"fold-{digest % n_folds}"].append(family.name)
    return {group: sorted(names) for group, names in sorted(groups.items())}


def scaled(config: Config, share: float) -> Config:
    """Return a recipe whose every stage learns from a share of the documents."""
    stages: dict[str, Any] = {}
    for field in fields(config):
        stage = getattr(config, field.name)
        if is_dataclass(stage) and not isinstance(stage, type) and hasattr(stage, "documents"):
            documents = max(1, round(stage.documents * share))
            stages[field.name] = replace(stage, **{"documents": documents})
    return replace(config, **stages)


def family_cases(parts: Ingredients, names: Iterable[str], per_family: int, seed: int) -> list[Case]:
    """Make polluted cases of some families, as many of each.

    Parameters
    ----------
    parts
        With these families' grammars, and the articles to pollute.
    names
        The families.
    per_family
        Cases of each.
    seed
        Seed of all chance.
    """
    known = {family.name: family for family in parts.families}
    cases = []
    for name in names:
        alone = replace(parts, families=[known[name]], real_spam={})
        made = make(alone, per_family, polluted_share=1.0, seed=seed)
        cases += [as_case(number, document) for number, document in enumerate(made)]
    return cases


def threshold_at(clean: Iterable[Outcome], altered: float) -> float:
    """Return the least threshold at which at most a share of clean documents is altered.

    Parameters
    ----------
    clean
        Clean cases with what was found in them at a threshold close to 0.
    altered
        The share that may be altered, 0 to 1.

    Returns
    -------
    float
        From 0 to 1; the next above the score of the first document that must stay.
    """
    best = sorted((max((s.score for s in result.spans), default=0.0) for _, result in clean), reverse=True)
    allowed = int(altered * len(best))
    return min(1.0, math.nextafter(best[allowed], 2)) if allowed < len(best) else 0.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How a model that never learnt some families does on them.

    Parameters
    ----------
    group
        Name of the group that was left out.
    threshold
        Where the share of altered clean documents is as it was wanted.
    recall
        By family left out: share of spam characters found there.
    recall_of_known
        The same model's mean recall, at the same threshold, on families that it learnt.

    Examples
    --------
    >>> LeftOut("fold-0", 0.7, {"en-x": 0.8, "en-y": 0.9}, 0.95).mean
    0.85
    """

    group: str
    threshold: float
    recall: dict[str, float]
    recall_of_known: float | None

    @property
    def mean(self) -> float | None:
        """Mean recall over the families left out; None without any."""
        return round(sum(self.recall.values()) / len(self.recall), 4) if self.recall else None


def recall_by_family(clean: Cleaner, cases: Sequence[Case]) -> dict[str, float]:
    """Return the share of spam characters found, by family.

    Parameters
    ----------
    clean
        Cleans texts in order.
    cases
        Polluted cases.
    """
    outcomes = list(zip(cases, clean([case.text for case in cases]), strict=True))
    rows = tabulate(outcomes, ["family"])
    return {
        name.removeprefix("family="): row["recall"]
        for name, row in rows.items()
        if name != "all" and row["recall"] is not None
    }

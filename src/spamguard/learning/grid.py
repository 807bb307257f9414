"""Cases for every pair of a disguise and a family: one disguised ad in an article of a held-out source."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from spamguard.learning.cases import Case
from spamguard.learning.corpora import Document
from spamguard.learning.disguises import Disguise
from spamguard.learning.documents import Ingredients, Labelled
from spamguard.learning.figures import as_case
from spamguard.learning.grammar import Family
from spamguard.learning.injection import Placement, between_sentences, own_line, prefix, suffix

# The commonest places: what is measured here is the disguise, not the place. The second has always room.
_PLACEMENTS: tuple[Placement, ...] = (prefix, own_line, suffix, between_sentences)
_TRIES = 20
PLAIN = "none"


@dataclass(frozen=True, slots=True)
class _OneAd:
    """A campaign of a single string."""

    text: str

    def ad(self, rng: random.Random) -> str:
        """Return the string."""
        return self.text


def on_held_out(ingredients: Ingredients, tests: Sequence[Document]) -> Ingredients:
    """Return ingredients whose articles come from held-out sources alone.

    Parameters
    ----------
    ingredients
        For the grammars and what must not be used.
    tests
        Documents of the held-out sources.
    """
    allowed = [document for document in tests if ingredients.held_out.allows_article(document.text)]
    return replace(ingredients, hosts=allowed, ham=[], real_spam={})


def grid_cases(
    parts: Ingredients, disguises: Mapping[str, Disguise | None], *, sample: int, seed: int
) -> list[Case]:
    """Make cases of pairs of a disguise and a family, drawn at random where there are too many.

    Parameters
    ----------
    parts
        From :func:`on_held_out`.
    disguises
        By name; None leaves strings as they are.
    sample
        How many pairs to make a case of; a pair whose strings the disguise cannot change has none.
    seed
        Seed of all chance; pairs and strings are the same for the same one.

    Returns
    -------
    list of Case
        Their groups have ``disguise`` besides the usual ones.
    """
    rng = random.Random(seed)
    pairs = list(product(disguises, parts.families))
    rng.shuffle(pairs)
    made = (_case(parts, family, name, disguises[name], rng) for name, family in pairs[:sample])
    return [case for case in made if case is not None]


def _case(
    parts: Ingredients, family: Family, name: str, disguise: Disguise | None, rng: random.Random
) -> Case | None:
    """Put one disguised string of a family into an article; None where the disguise changes none."""
    campaign = parts.campaign(family)
    for _ in range(_TRIES):
        plain = campaign.bare(rng, 0.0)
        shown = disguise(plain, rng) if disguise else plain
        if shown.strip() and (disguise is None or shown != plain):
            return _placed(parts, family, name, shown, rng)
    return None


def _placed(parts: Ingredients, family: Family, name: str, shown: str, rng: random.Random) -> Case:
    """Put a string into an article, at a place that has room for it."""
    host = parts.host(rng)
    places = rng.sample(_PLACEMENTS, len(_PLACEMENTS))
    made = (place(host.text, _OneAd(shown), rng) for place in places)
    polluted = next(one for one in made if one.spans)
    labelled = Labelled(
        polluted.text, tuple(polluted.spans), host.lang, family.name, family.category, polluted.pattern
    )
    case = as_case(0, labelled)
    return replace(case, name=f"{name} {family.name}", groups={**case.groups, "disguise": name})


def clean_cases(parts: Ingredients, sample: int, seed: int) -> list[Case]:
    """Return articles as they are, drawn at random: what must come back unaltered."""
    drawn = random.Random(seed).sample(parts.hosts, min(sample, len(parts.hosts)))
    labelled = (Labelled(document.text, (), document.lang, "", "", "clean") for document in drawn)
    return [as_case(number, one) for number, one in enumerate(labelled)]

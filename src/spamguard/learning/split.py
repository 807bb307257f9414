"""Splits corpora and grammars between the stages of training, by digest: the same text always falls alike."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from spamguard.learning.documents import Ingredients
from spamguard.learning.grammar import thinned


def place_of(text: str) -> float:
    """Return a number from 0 to 1 that depends on a text's first 200 characters alone."""
    digest = hashlib.blake2b(text[:200].encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def part_of(ingredients: Ingredients, low: float, high: float) -> Ingredients:
    """Return the ingredients whose texts fall in a range; grammars and passages stay whole.

    Parameters
    ----------
    ingredients
        All there is.
    low, high
        Half-open range within 0 to 1.
    """
    return replace(
        ingredients,
        hosts=[host for host in ingredients.hosts if low <= place_of(host.text) < high],
        ham=[text for text in ingredients.ham if low <= place_of(text.text) < high],
        real_spam={
            lang: kept
            for lang, texts in ingredients.real_spam.items()
            if (kept := [text for text in texts if low <= place_of(text) < high])
        },
    )


def poorer(ingredients: Ingredients, *, family_share: float, string_share: float, seed: int) -> Ingredients:
    """Return ingredients with fewer families, and fewer templates in each.

    A first stage that learns from these is surprised by the whole inventory as a full one is by the wild, so
    that the stage behind it learns to do without its knowledge.
    """
    kept = [family for family in ingredients.families if place_of(f"{seed} {family.name}") < family_share]
    return replace(ingredients, families=[thinned(family, string_share, seed) for family in kept])

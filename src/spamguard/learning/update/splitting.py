"""Holds a share of the labels out: whole sources and campaigns, never single texts of one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from spamguard.learning.held_out import key
from spamguard.learning.labels.near import Groups, near_pairs
from spamguard.learning.labels.record import Label


def groups_of(labels: Sequence[Label]) -> list[list[Label]]:
    """Put labels together that share a source, an ad, or nearly their text.

    Parameters
    ----------
    labels
        In any order.
    """
    groups = Groups(len(labels))
    groups.join_by(
        [*(("ad", key(quote)) for quote in label.quotes), *([("source", label.source)] * bool(label.source))]
        for label in labels
    )
    for left, right in near_pairs([label.text for label in labels]):
        groups.join(left, right)
    found: dict[int, list[Label]] = defaultdict(list)
    for number, label in enumerate(labels):
        found[groups.of(number)].append(label)
    return list(found.values())


def split(labels: Sequence[Label], share: float, seed: int) -> tuple[list[Label], list[Label]]:
    """Split labels into those to learn from and those to measure on.

    Parameters
    ----------
    labels
        In any order, which changes nothing.
    share
        Share to hold out, 0 to below 1: groups are taken while they fit.
    seed
        Seed of the choice.

    Returns
    -------
    (list of Label, list of Label)
        Nothing is held out where all labels are one source or campaign.
    """
    groups = sorted(groups_of(labels), key=lambda group: _place(group, seed))
    held_out: list[Label] = []
    learnt: list[Label] = []
    for group in groups:
        if len(held_out) + len(group) <= share * len(labels):
            held_out += group
        else:
            learnt += group
    return learnt, held_out


def _place(group: Sequence[Label], seed: int) -> str:
    """Return a digest that orders groups by their content alone."""
    digests = sorted(
        hashlib.blake2b(f"{seed} {label.text}".encode("utf-8", "surrogatepass")).hexdigest()
        for label in group
    )
    return digests[0]

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.update.splitting import groups_of, split

WORDS = "harbour ferry council pier ticket autumn glacier lantern orchard violin".split()


def made(n: int, ad: str, source: str) -> Label:
    """Return a label with an ad in an article of its own."""
    article = " ".join(random.Random(n).choices(WORDS, k=40))
    return Label(f"{ad} {article}", (Mark(0, len(ad)),), source, str(n))


def test_labels_that_share_an_ad_or_a_source_are_together() -> None:
    same_ad = [made(1, "buy pills", ""), made(2, "BUY  pills!", "")]
    same_source = [made(3, "x y z", "a"), made(4, "u v w", "a")]
    alone = [made(5, "q r s", "b")]
    found = groups_of([*same_ad, *same_source, *alone])
    assert sorted(len(group) for group in found) == [1, 2, 2]


@given(st.integers(0, 5), st.floats(0, 0.9), st.permutations(range(30)))
def test_no_ad_and_no_source_is_on_both_sides_whatever_the_order(
    seed: int, share: float, order: list[int]
) -> None:
    labels = [made(n, f"ad {n}", f"site {n // 3}") for n in order]
    learnt, held_out = split(labels, share, seed)
    assert len(learnt) + len(held_out) == len(labels)
    assert len(held_out) <= share * len(labels)
    assert not {one.source for one in learnt} & {one.source for one in held_out}
    again = split(sorted(labels, key=lambda one: one.id), share, seed)
    assert {one.id for one in again[1]} == {one.id for one in held_out}


def test_one_campaign_is_learnt_from_as_a_whole() -> None:
    assert split([made(n, "one ad", "") for n in range(10)], 0.3, 1)[1] == []

from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.learning.config import read_config
from spamguard.learning.corpora import documents, read_sources
from spamguard.learning.disguises import DISGUISES
from spamguard.learning.documents import Ingredients
from spamguard.learning.grid import PLAIN, clean_cases, grid_cases, on_held_out
from spamguard.learning.ingredients import gather


@pytest.fixture(scope="module")
def parts(tiny: Path) -> Ingredients:
    """A tiny recipe's grammars over its held-out articles."""
    sources = read_sources(tiny / "sources.toml")
    return on_held_out(gather(tiny, sources, read_config(tiny / "config.toml")), documents(sources, "test"))


def test_each_pair_of_disguise_and_family_has_its_case(parts: Ingredients) -> None:
    chosen = {PLAIN: None, "spaced": DISGUISES["spaced"]}
    cases = grid_cases(parts, chosen, sample=100, seed=3)
    pairs = sorted((str(case.groups["disguise"]), str(case.groups["family"])) for case in cases)
    assert pairs == sorted((name, family.name) for name in chosen for family in parts.families)


def test_the_plain_column_and_the_disguised_one_differ(parts: Ingredients) -> None:
    for case in grid_cases(parts, {"circled": DISGUISES["circled"]}, sample=9, seed=3):
        ads = [case.text[start:end] for start, end in case.spans]
        assert all(any(ord(char) >= 0x2460 for char in ad) for ad in ads)


def test_a_disguise_that_changes_nothing_has_no_case(parts: Ingredients) -> None:
    assert not grid_cases(parts, {"same": lambda text, rng: text}, sample=9, seed=3)


def test_the_same_seed_makes_the_same_cases(parts: Ingredients) -> None:
    one, two = (grid_cases(parts, dict(DISGUISES), sample=12, seed=5) for _ in range(2))
    assert one == two


def test_clean_cases_are_held_out_articles(parts: Ingredients) -> None:
    cases = clean_cases(parts, 5, seed=1)
    assert len(cases) == 5
    assert {case.text for case in cases} <= {host.text for host in parts.hosts}
    assert all(case.text == case.clean and not case.spans for case in cases)
    assert len(clean_cases(parts, 10**6, seed=1)) == len(parts.hosts)

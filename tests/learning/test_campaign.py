from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from spamguard.learning.campaign import Campaign, CorpusCampaign
from spamguard.learning.grammar import Family
from spamguard.learning.held_out import HeldOut, key

COUNT = 3_000
FAMILY = Family(
    "en-demo", "pharma", "en", {"what": ["pills", "drops"]}, ["cheap {what}"], ["cheap {what}, call {phone}"]
)
PHRASES = Path(__file__).parents[3] / "shared" / "bench" / "phrases.json"


@pytest.fixture(scope="module")
def ads(families: list[Family], held_out: HeldOut) -> list[str]:
    """Ads of all families, as they are injected, and the bare strings that they are made from."""
    rng = random.Random(5)
    campaigns = [Campaign(rng.choice(families), held_out.allows) for _ in range(COUNT // 2)]
    return [ad for campaign in campaigns for ad in (campaign.ad(rng), campaign.bare(rng))]


def test_ads_are_lines_without_space_around(ads: list[str]) -> None:
    assert len(ads) == COUNT
    assert all(ad and ad == ad.strip() and len(ad.splitlines()) == 1 for ad in ads)


def test_ads_hardly_repeat(ads: list[str]) -> None:
    assert len(set(ads)) > 0.95 * len(ads)


def test_no_ad_is_held_out(ads: list[str], held_out: HeldOut) -> None:
    assert [ad for ad in ads if not held_out.allows(ad)] == []


@pytest.mark.skipif(not PHRASES.is_file(), reason="the benchmark is not here")
def test_no_ad_is_a_string_of_the_benchmark(ads: list[str], held_out: HeldOut) -> None:
    families = json.loads(PHRASES.read_text("utf-8")).values()
    strings = {string for family in families for string in family["strings"]}
    assert not {key(string) for string in strings} & {key(ad) for ad in ads}
    assert [string for string in strings if held_out.allows(string)] == []


def test_what_is_not_accepted_is_never_given() -> None:
    rng = random.Random(1)
    campaign = Campaign(FAMILY, lambda string: "pills" not in string)
    assert {campaign.bare(rng, 0) for _ in range(50)} == {"cheap drops"}
    assert not [chain for chain in (campaign.chain(rng) for _ in range(50)) if "pills" in chain]


def test_hashtags_are_of_strings_or_of_their_words() -> None:
    rng, campaign = random.Random(1), Campaign(FAMILY, lambda string: True)
    found = {campaign.hashtags(rng, 2) for _ in range(200)}
    assert {"#cheap #pills", "#cheappills #cheapdrops", "#cheap, #drops"} <= found
    assert not [tags for tags in found if not re.fullmatch(r"(#[a-z]+(, | |(?=#)|$)){2}", tags)]


def test_links_bear_the_words_of_a_string() -> None:
    rng, campaign = random.Random(1), Campaign(FAMILY, lambda string: True)
    found = [campaign.link(rng) for _ in range(200)]
    assert not [link for link in found if " " in link or "." not in link]
    assert sum("cheap" in link for link in found) > 120
    assert any(link.startswith("https://cheap-") for link in found)


def test_the_same_seed_gives_the_same_ads(families: list[Family], held_out: HeldOut) -> None:
    campaign = Campaign(families[0], held_out.allows)
    first, second = (random.Random(7) for _ in range(2))
    assert [campaign.ad(first) for _ in range(50)] == [campaign.ad(second) for _ in range(50)]


def test_a_corpus_gives_its_texts_as_they_are_most_of_the_time() -> None:
    rng, texts = random.Random(1), ["win a prize now", "cheap pills here"]
    given = [CorpusCampaign(texts).ad(rng) for _ in range(200)]
    assert 150 < sum(ad in texts for ad in given) < 200

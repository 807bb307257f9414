from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spamguard.learning.campaign import Campaign
from spamguard.learning.grammar import Family
from spamguard.learning.injection import (
    PLACEMENTS,
    Placement,
    between_sentences,
    block,
    bullet_prefix,
    first_line,
    flood,
    hash_buster,
    inject,
    last_line,
    metadata,
    mid_sentence,
    own_line,
    twins,
)
from spamguard.learning.polluted import Polluted
from spamguard.seams import edits_for, remove
from spamguard.spans import merge

SEEDS = st.integers(0, 2**32 - 1)
ENGLISH = """\
Harbour ferry to run until midnight

The council voted on Tuesday to extend the timetable. "We counted," said Ingrid Solheim. People want it.
What changes:
• The last boat leaves at 11.45 pm, later than today.
• Tickets cost the same; a refund takes 3 days.
The extension costs 1.2 million a year and is paid from parking fees."""
CHINESE = """\
港口渡轮将运行至午夜
市议会周二投票决定延长时刻表。去年秋天的试验吸引了两倍的乘客，比计划的多。
“我们每晚都数，”负责渡轮的人说。大家都想要！
1. 末班船将于晚上十一点四十五分开出，比现在晚。
2. 船上买票的价格不变。"""
HOSTS = [
    ENGLISH,
    CHINESE,
    "One line only, with one sentence. And another.",
    "词",
    "One. \nTwo, three.",
    ENGLISH + "\n",
    "Two lines.\nNo list.",
]
# Without a list to stand in, these give the host bullets or a line of metadata of its own.
REWRITING = (bullet_prefix, metadata)
KEEPING = [placement for placement in PLACEMENTS if placement not in REWRITING]


class Ads:
    """Gives ads that no host holds, some of several words, one glued together."""

    def ad(self, rng: random.Random) -> str:
        """Return one ad."""
        return rng.choice(["cheap pills 24h", "爱上海419论坛", "slot-gacor88.example", "【加微信】 abc|def"])


def without_ads(polluted: Polluted) -> str:
    """The polluted text as a perfect cleaning would leave it."""
    return remove(polluted.text, edits_for(polluted.text, polluted.spans))


def name(placement: Placement) -> str:
    """Name of a placement."""
    return placement.__name__


@pytest.mark.parametrize("placement", PLACEMENTS, ids=name)
@settings(deadline=None)
@given(host=st.sampled_from(HOSTS), seed=SEEDS)
def test_spans_are_the_ads_in_order_within_lines(placement: Placement, host: str, seed: int) -> None:
    polluted = placement(host, Ads(), random.Random(seed))
    assert all(0 <= start < end <= len(polluted.text) for start, end in polluted.spans)
    assert merge(polluted.spans) == polluted.spans
    assert polluted.pattern == placement.__name__
    for start, end in polluted.spans:
        ad = polluted.text[start:end]
        assert "\n" not in ad
        assert any(part in ad for part in ("pills", "上海", "gacor", "abc"))


@pytest.mark.parametrize("placement", KEEPING, ids=name)
@settings(deadline=None)
@given(host=st.sampled_from(HOSTS), seed=SEEDS)
def test_taking_the_ads_out_gives_the_host_back(placement: Placement, host: str, seed: int) -> None:
    assert without_ads(placement(host, Ads(), random.Random(seed))) == host


@settings(deadline=None)
@given(st.sampled_from([ENGLISH, CHINESE, ENGLISH + "\n"]), SEEDS)
def test_a_list_keeps_its_bullets(host: str, seed: int) -> None:
    assert without_ads(bullet_prefix(host, Ads(), random.Random(seed))) == host


@settings(deadline=None)
@given(st.sampled_from(HOSTS), SEEDS)
def test_a_host_without_a_list_gets_bullets_before_its_lines(host: str, seed: int) -> None:
    cleaned = without_ads(bullet_prefix(host, Ads(), random.Random(seed))).split("\n")
    assert all(found.endswith(line) for found, line in zip(cleaned, host.split("\n"), strict=True))


@settings(deadline=None)
@given(st.sampled_from([host for host in HOSTS if " \n" not in host]), SEEDS)
def test_metadata_adds_one_line_at_most(host: str, seed: int) -> None:
    polluted = metadata(host, Ads(), random.Random(seed))
    left, lines = without_ads(polluted).split("\n"), host.split("\n")
    assert len(polluted.spans) == 1
    assert left == lines or any(left[:at] + left[at + 1 :] == lines for at in range(len(left)))


@pytest.mark.parametrize("placement", PLACEMENTS, ids=name)
def test_every_placement_injects_into_an_ordinary_article(placement: Placement) -> None:
    assert all(
        placement(host, Ads(), random.Random(seed)).spans for host in (ENGLISH, CHINESE) for seed in range(30)
    )


@pytest.mark.parametrize("placement", [between_sentences, mid_sentence], ids=name)
def test_ads_between_words_stand_between_spaces_and_between_characters_without(placement: Placement) -> None:
    for host, space in ((ENGLISH.replace("\n", " "), " "), (CHINESE.split("1.")[0].replace("\n", ""), "")):
        polluted = placement(host, Ads(), random.Random(1))
        for start, end in polluted.spans:
            assert polluted.text[start - 1].isspace() == bool(space)
            assert polluted.text[end].isspace() == bool(space)


def test_own_lines_are_lines() -> None:
    for placement in (own_line, first_line, last_line):
        polluted = placement(ENGLISH, Ads(), random.Random(1))
        lines = polluted.text.split("\n")
        assert all(polluted.text[start:end] in lines for start, end in polluted.spans)


def test_a_block_is_of_two_lines_to_eight() -> None:
    sizes = {len(block(ENGLISH, Ads(), random.Random(seed)).spans) for seed in range(100)}
    assert sizes == set(range(2, 9))


def test_twins_stand_side_by_side_as_one_span() -> None:
    [[start, end]] = twins(ENGLISH, Ads(), random.Random(1)).spans
    assert end - start > len("cheap pills 24h")


def test_a_flood_puts_one_string_before_every_paragraph() -> None:
    polluted = flood(ENGLISH, Ads(), random.Random(1))
    strings = {polluted.text[start:end] for start, end in polluted.spans}
    assert len(strings) == 1
    assert len(polluted.spans) >= sum(len(line) > 15 for line in ENGLISH.split("\n"))


def test_a_hash_buster_is_spam_too() -> None:
    polluted = hash_buster(ENGLISH, Ads(), random.Random(1))
    [[start, end]] = polluted.spans
    assert end - start >= len("爱上海419论坛") + 5


@settings(deadline=None)
@given(st.text(max_size=60), SEEDS)
def test_any_text_is_polluted(host: str, seed: int) -> None:
    polluted = inject(host, Ads(), random.Random(seed))
    assert polluted.spans
    assert merge(polluted.spans) == polluted.spans
    assert len(polluted.text) > len(host)


def test_an_injection_is_settled_by_the_seed() -> None:
    assert inject(ENGLISH, Ads(), random.Random(3)) == inject(ENGLISH, Ads(), random.Random(3))


def test_all_placements_come_up() -> None:
    patterns = {inject(ENGLISH, Ads(), random.Random(seed)).pattern for seed in range(400)}
    assert patterns == {placement.__name__ for placement in PLACEMENTS}


@settings(deadline=None)
@given(st.sampled_from(HOSTS[:2]), SEEDS)
def test_real_ads_leave_the_host_as_it_was_too(families: list[Family], host: str, seed: int) -> None:
    rng = random.Random(seed)
    source = Campaign(rng.choice(families), lambda string: True)
    assert without_ads(rng.choice(KEEPING)(host, source, rng)) == host

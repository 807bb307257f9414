from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.disguises import DISGUISES
from spamguard.learning.measured_disguises import MEASURED, UNSEEN

PLAIN = "buy cheap pills 419200 加微信 电话 cq08123456"


def test_there_are_25_disguises_and_training_draws_not_all_of_them() -> None:
    assert len(MEASURED) >= 25
    assert not UNSEEN.keys() & DISGUISES.keys()


@pytest.mark.parametrize("name", MEASURED)
def test_every_disguise_changes_a_string_with_all_that_ads_have(name: str) -> None:
    rng = random.Random(1)
    assert any(MEASURED[name](PLAIN, rng) != PLAIN for _ in range(20))


@given(st.sampled_from(sorted(UNSEEN)), st.text(max_size=30), st.integers())
def test_the_same_seed_gives_the_same_string(name: str, text: str, seed: int) -> None:
    first, second = (UNSEEN[name](text, random.Random(seed)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "plain", "shown"),
    [
        ("small_capitals", "Casino 5", "ᴄᴀꜱɪɴᴏ 5"),
        ("raised", "vip 419", "ᵛⁱᵖ ⁴¹⁹"),
        ("parenthesised", "vip 4", "⒱⒤⒫ ⑷"),
        ("accented", "dry", "dry"),
        ("pinyin", "群", "qun"),
        ("boxed", "ok 5", "[o][k] [5]"),
        ("hyphenated", "viagra", "vi-ag-ra"),
        ("decomposed", "é", "e\u0301"),
        ("tags_between", "", ""),
        ("emoji_letters", "İ", "İ"),
        ("parenthesised", "İ", "İ"),
    ],
)
def test_a_disguise_reads_as_it_is_meant_to(name: str, plain: str, shown: str) -> None:
    assert shown in {MEASURED[name](plain, random.Random(seed)) for seed in range(9)}

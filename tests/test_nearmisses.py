from __future__ import annotations

import pytest

import spamguard
from spamguard.cleaner import Guard
from spamguard.errors import InputError
from spamguard.nearmisses import NearMisses

AD = "cheap tadalafil 20mg no rx"
TEXT = f"{AD} • Trains run again."


def test_what_is_found_is_what_the_detector_finds_and_the_rest_is_kept_aside(guard: spamguard.Guard) -> None:
    near = NearMisses(guard.detector, 0.5)
    assert Guard(near).clean(TEXT) == guard.clean(TEXT)
    assert Guard(near).clean(TEXT, threshold=1.0).text == TEXT
    assert [span.text for span in near.below(TEXT)] == [AD]


def test_what_lies_further_below_than_the_margin_is_not_kept(guard: spamguard.Guard) -> None:
    near = NearMisses(guard.detector, 0.0)
    Guard(near).clean(TEXT, threshold=1.0)
    assert near.below(TEXT) == []
    assert near.below("another text") == []


def test_a_profile_that_the_model_lacks_is_refused_as_the_detector_does(guard: spamguard.Guard) -> None:
    with pytest.raises(InputError, match="profile"):
        Guard(NearMisses(guard.detector, 0.1)).clean(TEXT, profile="nobody")

from __future__ import annotations

import pytest

from spamguard.campaigns.quoting import is_quoted

AD = "cheap pills"


@pytest.mark.parametrize(
    "text",
    ["It said “cheap pills” again", "« cheap pills »", 'the words "cheap pills" stood',
     "「cheap pills」出現",
     "„cheap pills jetzt“ stand da", "the firm (cheap pills) said"],
)  # fmt: skip
def test_what_is_spoken_of_is_quoted(text: str) -> None:
    at = text.index(AD)
    assert is_quoted(text, at, at + len(AD))


@pytest.mark.parametrize(
    "text",
    ["cheap pills It rained", "He said “no”. cheap pills She said “yes”.",
     "【cheap pills】", "a's cheap pills",
     "“One\ncheap pills\ntwo”", 'cheap pills "We counted," she said'],
)  # fmt: skip
def test_what_stands_on_its_own_is_not(text: str) -> None:
    at = text.index(AD)
    assert not is_quoted(text, at, at + len(AD))

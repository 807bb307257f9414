from __future__ import annotations

import pytest

from spamguard.campaigns.quoting import introduces_quote, is_quoted

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


@pytest.mark.parametrize("behind", ["“no”.", " “no”", ": «no»", "：「不」", ", „nein“", " : « non »"])
def test_what_leads_up_to_a_quotation_introduces_it(behind: str) -> None:
    assert introduces_quote(f"Police warn of the words{behind}", 24)


@pytest.mark.parametrize(
    "behind", ["", "”, said the mayor", " It rained.", "\n“No,” she said.", "《官网》", "»"]
)
def test_what_ends_a_quotation_or_its_line_introduces_none(behind: str) -> None:
    assert not introduces_quote(f"Police warn of the words{behind}", 24)

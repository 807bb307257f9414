"""A small corpus in which a campaign, a byline and a mention recur."""

from __future__ import annotations

import pytest

from spamguard.campaigns.ledger import Ledger
from spamguard.spans import Category, Span

AD = "Kaminholz online bestellen Tel. 0151 73318842"
BYLINE = "By Maud Ellery, Westport Courier"
TOPICS = (
    "The council voted on Tuesday to extend the ferry's timetable until midnight after a long trial.",
    "A new bridge over the canal opened yesterday, four months late and well over its first budget.",
    "Farmers in the valley expect the smallest harvest of apples since records began in the fifties.",
    "The library will close its reading room for repairs to the roof and reopen it in early spring.",
    "Engineers found no fault in the turbines that stopped last week, the power company announced.",
    "Two museums agreed to share a collection of maps that nobody had catalogued for a century.",
)


def article(number: int) -> str:
    """An article that shares nothing with the others but its language."""
    return f"{TOPICS[number]}\nNumber {number} of the report speaks of {TOPICS[number][4:20].lower()} alone."


def span_of(text: str, piece: str, score: float, category: Category = "goods") -> Span:
    """The first span of a piece of a text."""
    start = text.index(piece)
    return Span(start, start + len(piece), piece, score, category)


@pytest.fixture
def ledger() -> Ledger:
    """A campaign that is found in one article and suspected in five, and a byline suspected in all."""
    ledger = Ledger(threshold=0.65)
    for number in range(len(TOPICS)):
        text = f"{BYLINE}\n{article(number)}\n{AD}"
        spans = [span_of(text, BYLINE, 0.4), span_of(text, AD, 0.9 if number < 2 else 0.3)]
        ledger.add(f"site-{number % 2}/{number}.txt", text, spans)
    return ledger

"""Fixtures that all tests share: the shipped model, and an article polluted as in the wild."""

from __future__ import annotations

import pytest
from hypothesis import settings

import spamguard

# Two busy cores take their time now and then, which says nothing about the code.
settings.register_profile("spamguard", deadline=None)
settings.load_profile("spamguard")

ORIGINAL = """\
Harbour ferry to run until midnight from June

The city council voted on Tuesday to extend the harbour ferry's timetable, after a trial last autumn drew \
twice as many passengers as planned.
What changes for passengers:
• The last boat from the old pier leaves at 11.45 pm, an hour and a half later than today
• Tickets bought on board cost the same as those from the machine
"We counted every evening," said Ingrid Solheim, who runs the ferry office. "People want it."
The extension costs 1.2 million a year and is paid from parking fees.
""".replace("\n", "\r\n")
LINE, PREFIX = "爱上海同城419论坛", "上海贵族宝贝自荐419"


@pytest.fixture(scope="session")
def guard() -> spamguard.Guard:
    """The shipped model."""
    return spamguard.load()


@pytest.fixture(scope="session")
def original() -> str:
    """An English article with CRLF line ends."""
    return ORIGINAL


@pytest.fixture(scope="session")
def polluted() -> str:
    """The article with one ad on a line of its own and one in front of a bullet."""
    text = ORIGINAL.replace("What changes", f"{LINE}\r\nWhat changes")
    return text.replace("• Tickets", f"{PREFIX} • Tickets")

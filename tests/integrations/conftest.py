"""What the adapters' tests share."""

from __future__ import annotations

import importlib.util

import pytest

SPAM, GOOD = "上海贵族宝贝自荐419 ", "The bank said so."


def needs(library: str, extra: str) -> None:
    """Skip a test whose library is not installed, saying which extra would install it."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"needs spamguard[{extra}]")

from __future__ import annotations

from importlib import import_module

import pytest

from spamguard.cli.extras import needs_extra
from spamguard.errors import MissingExtraError


def test_a_missing_library_names_the_line_that_installs_it() -> None:
    with (
        pytest.raises(MissingExtraError, match=r"pip install 'spamguard\[service\]'"),
        needs_extra("it", "service"),
    ):
        import_module("no_such_library")


def test_a_missing_module_of_our_own_is_a_bug_and_stays_one() -> None:
    with pytest.raises(ModuleNotFoundError), needs_extra("it", "service"):
        import_module("spamguard.no_such_module")

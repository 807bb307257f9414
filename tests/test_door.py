from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import spamguard

ROOMS = ("errors", "spans", "seams", "result", "cleaner", "client")


def answer(program: str) -> str:
    """What a fresh interpreter prints."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.mark.parametrize("name", sorted({*spamguard.__all__} - {"__version__", "load"}))
def test_every_public_name_is_the_one_of_its_room(name: str) -> None:
    homes = [room for room in ROOMS if hasattr(import_module(f"spamguard.{room}"), name)]
    assert homes
    for room in homes:
        assert getattr(spamguard, name) is getattr(import_module(f"spamguard.{room}"), name)


def test_all_names_come_with_a_star_import_into_a_fresh_interpreter() -> None:
    names = ", ".join(repr(name) for name in spamguard.__all__)
    assert answer(f"from spamguard import *; print({{{names}}} <= {{*globals()}})") == "True"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_reached_through_the_door(room: str) -> None:
    assert answer(f"import spamguard; print(spamguard.{room}.__name__)") == f"spamguard.{room}"


def test_a_name_that_is_not_offered_is_refused_like_any_modules() -> None:
    with pytest.raises(AttributeError, match="module 'spamguard' has no attribute 'clean'"):
        _ = spamguard.clean  # type: ignore[attr-defined]


def test_completion_sees_names_before_they_are_fetched() -> None:
    assert answer("import spamguard; print({*spamguard.__all__} <= {*dir(spamguard)})") == "True"


def test_opening_the_door_runs_none_of_the_rooms() -> None:
    loaded = answer("import spamguard, sys; print(*(n for n in sys.modules if n.startswith('spamguard')))")
    assert loaded == "spamguard"

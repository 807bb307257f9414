"""The examples that a visitor cleans first come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

import spamguard

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(path.name for path in (EXAMPLES / "polluted").iterdir())


def read(path: Path) -> str:
    """A file's text, line ends as they are."""
    return path.read_bytes().decode()


def test_every_polluted_example_has_its_clean_one() -> None:
    assert len(NAMES) >= 5
    assert NAMES == sorted(path.name for path in (EXAMPLES / "clean").iterdir())
    assert all(read(EXAMPLES / "polluted" / name) != read(EXAMPLES / "clean" / name) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_polluted_example_loses_no_word_of_its_own_and_can_be_restored(
    guard: spamguard.Guard, name: str
) -> None:
    polluted = read(EXAMPLES / "polluted" / name)
    result = guard.clean(polluted)
    left = iter(result.text)
    assert all(char in left for char in read(EXAMPLES / "clean" / name)), "the original is not all there"
    assert spamguard.restore(result) == polluted


def test_all_polluted_examples_come_back_as_they_were(guard: spamguard.Guard) -> None:
    missed = [
        name
        for name in NAMES
        if guard.clean(read(EXAMPLES / "polluted" / name)).text != read(EXAMPLES / "clean" / name)
    ]
    assert missed == []


def test_a_text_that_is_one_ad_and_nothing_else_goes_whole(guard: spamguard.Guard) -> None:
    assert guard.clean("cheap tadalafil 20mg no rx").text == ""


def test_clean_examples_are_left_alone(guard: spamguard.Guard) -> None:
    for path in sorted((EXAMPLES / "clean").iterdir()):
        assert guard.detect(read(path)) == []


def test_articles_about_spam_are_left_alone(guard: spamguard.Guard) -> None:
    for path in sorted((EXAMPLES / "untouched").iterdir()):
        assert guard.detect(read(path)) == []

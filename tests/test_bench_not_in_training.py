"""The development benchmark is for measuring: none of its strings or articles is trained on."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from spamguard.learning.grammar import load_families
from spamguard.learning.held_out import HeldOut, key, long_lines
from spamguard.learning.negatives import load_passages

TRAINING = Path(__file__).parents[1] / "training"
BENCH = Path(__file__).parents[2] / "shared" / "bench"
# Shorter ones are words that any article may hold.
LEAST_KEY = 6

pytestmark = pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmark lies beside the checkout only")


@pytest.fixture(scope="module")
def strings() -> list[str]:
    """The benchmark's spam strings."""
    families = json.loads((BENCH / "phrases.json").read_bytes())
    return [string for family in families.values() for string in family["strings"]]


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    """What the recipe leaves out."""
    return HeldOut.read(TRAINING / "held_out.txt")


def cases(name: str) -> list[dict[str, str]]:
    """Cases of the benchmark."""
    return [json.loads(line) for line in (BENCH / name).read_text("utf-8").splitlines()]


def test_every_string_of_the_benchmark_is_held_out(strings: list[str], held_out: HeldOut) -> None:
    assert len(strings) > 900
    assert [string for string in strings if held_out.allows(string)] == []


@pytest.mark.parametrize("name", ["clean.jsonl", "injected.jsonl"])
def test_every_article_of_the_benchmark_is_held_out(held_out: HeldOut, name: str) -> None:
    articles = {case["clean"] for case in cases(name)}
    assert [text for text in articles if long_lines(text) and held_out.allows_article(text)] == []


def test_no_string_that_the_grammars_give_and_the_recipe_lets_pass_is_of_the_benchmark(
    strings: list[str], held_out: HeldOut
) -> None:
    from spamguard.learning.campaign import Campaign

    known, rng = {key(string) for string in strings}, random.Random(9)
    made = {
        Campaign(family, held_out.allows).bare(rng, 0.1)
        for family in load_families(TRAINING / "inventory")
        for _ in range(60)
    }
    assert len(made) > 10_000
    assert sorted(string for string in made if key(string) in known) == []


def test_no_string_of_the_benchmark_is_written_into_a_passage(strings: list[str]) -> None:
    wanted = {key(string) for string in strings if len(key(string)) >= LEAST_KEY}
    texts = [key(passage.template) for passage in load_passages(TRAINING / "negatives")]
    assert sorted(one for one in wanted if any(one in text for text in texts)) == []


def test_no_hard_case_of_the_benchmark_is_a_passage() -> None:
    texts = "\n".join(passage.template for passage in load_passages(TRAINING / "negatives"))
    lines = {line for case in cases("hard_negatives.jsonl") for line in long_lines(case["text"])}
    assert lines
    assert sorted(line for line in lines if line in texts) == []

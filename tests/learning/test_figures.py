from __future__ import annotations

from pathlib import Path

import pytest

from spamguard.learning.config import read_config
from spamguard.learning.corpora import Document, documents, read_sources
from spamguard.learning.documents import Ingredients, Labelled, make
from spamguard.learning.figures import GROUPS, as_case, held_out_cases, measure
from spamguard.learning.ingredients import gather
from spamguard.model.loading import load_detector


@pytest.fixture(scope="module")
def ingredients(tiny: Path) -> Ingredients:
    """A tiny recipe's ingredients."""
    return gather(tiny, read_sources(tiny / "sources.toml"), read_config(tiny / "config.toml"))


@pytest.fixture(scope="module")
def tests(tiny: Path) -> list[Document]:
    """The held-out documents, with one that shares a line with what is for measuring."""
    sources = read_sources(tiny / "sources.toml")
    [shared] = [host for host in documents(sources, "host") if host.text.startswith("On day 105 ")]
    return [*documents(sources, "test"), shared]


@pytest.mark.parametrize(
    ("text", "spans", "clean"),
    [
        ("One.\nad ad\nTwo.", ((5, 10),), "One.\nTwo."),
        ("ad • One.", ((0, 2),), "• One."),
        ("One. ad Two.", ((5, 7),), "One. Two."),
        ("One. ad", ((5, 7),), "One."),
        ("One.\nad\nad", ((5, 7), (8, 10)), "One."),
        ("One.", (), "One."),
    ],
)
def test_the_clean_text_of_a_case_is_what_spans_and_seams_leave(
    text: str, spans: tuple[tuple[int, int], ...], clean: str
) -> None:
    case = as_case(3, Labelled(text, spans, "en", "en-x", "seo", "prefix"))
    assert (case.name, case.text, case.clean, case.spans) == ("3", text, clean, spans)


def test_a_case_names_its_groups() -> None:
    assert as_case(0, Labelled("x", ((0, 1),), "en", "en-x", "seo", "prefix")).groups == {
        "family": "en-x",
        "pattern": "prefix",
        "lang": "en",
        "category": "seo",
    }
    clean = as_case(0, Labelled("x", (), "en", "", "", "clean")).groups
    assert (clean["family"], clean["category"]) == (None, None)


def test_made_documents_clean_to_lines_of_their_host(ingredients: Ingredients) -> None:
    for number, document in enumerate(make(ingredients, 100, polluted_share=1.0, seed=5)):
        case = as_case(number, document)
        found = "".join(case.text[start:end] for start, end in case.spans)
        kept = [char for char in case.text if not char.isspace()]
        left = [char for char in case.clean + found if not char.isspace()]
        assert sorted(kept) == sorted(left)


def test_cases_are_of_held_out_sources_polluted_and_clean(
    ingredients: Ingredients, tests: list[Document]
) -> None:
    cases = held_out_cases(ingredients, tests, 20, seed=1)
    clean = [case for case in cases if not case.contaminated]
    assert {case.text for case in clean} == {one.text for one in tests[:-1]}
    assert len(cases) == 20 + len(clean)
    assert all(case.text == case.clean for case in clean)
    hosts = "\n".join(host.text for host in ingredients.hosts).split("\n")
    assert not set("\n".join(case.clean for case in cases).split("\n")) & set(filter(None, hosts))


def test_the_same_seed_makes_the_same_cases(ingredients: Ingredients, tests: list[Document]) -> None:
    assert held_out_cases(ingredients, tests, 9, 1) == held_out_cases(ingredients, tests, 9, 1)
    assert held_out_cases(ingredients, tests, 9, 1) != held_out_cases(ingredients, tests, 9, 2)


def test_measures_come_for_all_and_for_each_group(ingredients: Ingredients, tests: list[Document]) -> None:
    cases = held_out_cases(ingredients, tests, 20, seed=1)
    figures = measure(load_detector(), cases)
    wanted = {f"{key}={case.groups[key]}" for case in cases for key in GROUPS}
    assert figures.keys() == {"all", "category_right", *wanted}
    assert figures["all"]["contaminated"] == 20
    assert 0 <= figures["category_right"] <= 1
    assert all("MB/s" not in row for row in figures.values() if isinstance(row, dict))

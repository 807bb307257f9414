from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from spamguard.errors import SourceError
from spamguard.learning.grammar import (
    _ENDINGS,
    BUILT_INS,
    Family,
    domain,
    expand,
    keyword_url,
    load_families,
    load_family,
    thinned,
)
from spamguard.spans import CATEGORIES

GOOD = """
category = "pharma"
lang = "en"
[ingredients]
drug = ["pills", "{size} pills"]
size = ["big"]
[strings]
short = ["cheap {drug}"]
"""
FORMS = {
    "n": r"\d{1,3}",
    "nn": r"\d{3,5}|\d{1,2},\d{3}",
    "year": r"20(1[5-9]|2[0-7])",
    "pct": r"\d{1,3}%",
    "qq": r"[1-9]\d{5,10}",
    "phone": r"[\d+()*x. -]{7,20}",
    "handle": r"@?[a-z0-9._-]+",
    "domain": r"[a-z0-9-]+(\.[a-z0-9-]+)+",
    "url": r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?",
    "email": r"[a-z0-9]+@[a-z0-9.-]+\.[a-z]+",
    "promo": r"[A-Z]{3,6}\d{1,3}",
    "lucky": r"\d{2,4}",
}


def sample(family: Family, count: int) -> list[str]:
    """Strings of a family's templates."""
    rng = random.Random(family.name)
    return [expand(rng.choice([*family.short, *family.long]), family.ingredients, rng) for _ in range(count)]


def test_the_shipped_inventory_is_wide(families: list[Family]) -> None:
    assert len(families) >= 40
    assert len({family.name for family in families}) == len(families)
    assert len({family.lang for family in families}) >= 20
    assert {family.category for family in families} == set(CATEGORIES)


def test_every_file_of_the_inventory_is_read(families: list[Family], training: Path) -> None:
    assert [family.name for family in families] == [
        path.stem for path in sorted((training / "inventory").iterdir())
    ]


def test_the_shipped_inventory_hardly_repeats_itself(families: list[Family]) -> None:
    strings = [string for family in families for string in sample(family, 25)]
    assert len(set(strings)) > 0.9 * len(strings)


def test_every_family_has_hundreds_of_strings(families: list[Family]) -> None:
    assert min(len(set(sample(family, 300))) for family in families) > 100


def test_strings_of_the_inventory_are_filled_and_stand_on_one_line(families: list[Family]) -> None:
    for family in families:
        for string in sample(family, 10):
            assert string.strip()
            assert not re.search(r"[{}\n\r]", string), family.name


def test_the_same_seed_gives_the_same_strings(families: list[Family]) -> None:
    assert sample(families[0], 50) == sample(families[0], 50)


@pytest.mark.parametrize(("slot", "form"), FORMS.items())
def test_built_in_slots_have_their_form(slot: str, form: str) -> None:
    rng = random.Random(1)
    assert all(re.fullmatch(form, BUILT_INS[slot](rng)) for _ in range(200))


def test_every_built_in_slot_is_tried() -> None:
    assert FORMS.keys() == BUILT_INS.keys()


def test_some_domains_end_in_what_no_list_holds() -> None:
    rng = random.Random(1)
    domains = [re.sub(r"^(www|m|bbs|vip)\.", "", domain(rng)) for _ in range(4_000)]
    endings = [name.partition(".")[2] for name in domains]
    new = [ending for ending in endings if ending not in _ENDINGS]
    assert 0.12 < len(new) / len(endings) < 0.18
    assert len(set(new)) > len(new) / 2
    assert all(re.fullmatch(r"[a-z]{3,7}", ending) for ending in new)


def test_an_address_of_words_without_ascii_is_made_up() -> None:
    rng = random.Random(1)
    assert all(keyword_url("办证", rng).startswith("http") for _ in range(20))


def test_some_phone_numbers_are_blanked_out() -> None:
    rng = random.Random(1)
    numbers = [BUILT_INS["phone"](rng) for _ in range(4_000)]
    blanked = [number for number in numbers if not re.search("[1-9]", number)]
    assert 0.12 < len(blanked) / len(numbers) < 0.18
    assert len({re.sub("[0-9]", "", number) for number in blanked}) >= 8


def test_slots_inside_ingredients_are_filled(tmp_path: Path) -> None:
    (tmp_path / "en-demo.toml").write_text(GOOD, "utf-8")
    family = load_family(tmp_path / "en-demo.toml")
    assert set(sample(family, 50)) == {"cheap pills", "cheap big pills"}
    assert (family.name, family.category, family.lang) == ("en-demo", "pharma", "en")


def change(old: str, new: str) -> Callable[[str], str]:
    """A change that breaks a file."""
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (change("=", ""), "not a family file"),
        (change('lang = "en"', ""), "'lang'"),
        (change("[strings]", "[other]"), "'strings'"),
        (change("short", "long"), "'short'"),
        (change("pharma", "politics"), "category must be one of adult, "),
        (change("cheap {drug}", "cheap {brand}"), r"slot \{brand\} is neither"),
        (change('"big"', '"{size}"'), "nest more than"),
    ],
)
def test_a_faulty_family_is_refused_by_file_and_fault(
    tmp_path: Path, broken: Callable[[str], str], message: str
) -> None:
    (tmp_path / "en-demo.toml").write_text(broken(GOOD.replace('"pills", ', "")), "utf-8")
    with pytest.raises(SourceError, match=f"en-demo.toml: .*{message}"):
        load_families(tmp_path)


def test_a_folder_without_families_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no family files"):
        load_families(tmp_path)


def test_a_thinned_family_has_part_of_the_templates_and_ingredients(families: list[Family]) -> None:
    for family in families:
        part = thinned(family, 0.5, seed=3)
        assert set(part.short) <= set(family.short)
        assert 0 < len(part.short) < len(family.short)
        assert part.ingredients.keys() == family.ingredients.keys()
        assert all(part.ingredients[name] for name in part.ingredients)
        assert all(set(part.ingredients[name]) <= set(family.ingredients[name]) for name in part.ingredients)
        assert sample(part, 5)


def test_thinning_is_settled_by_the_seed(families: list[Family]) -> None:
    assert thinned(families[0], 0.5, seed=3) == thinned(families[0], 0.5, seed=3)
    assert thinned(families[0], 0.5, seed=3) != thinned(families[0], 0.5, seed=4)

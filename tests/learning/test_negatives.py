from __future__ import annotations

import random
from pathlib import Path

import pytest

from spamguard.errors import SourceError
from spamguard.learning.grammar import domain
from spamguard.learning.negatives import Passage, load_passages

KINDS = {
    *("mention", "topic", "politics", "names", "glossary", "numbers"),
    *("furniture", "contacts", "technical", "social", "shopping"),
}
GOOD = '''
lang = "en"
[ingredients]
city = ["Bergen"]
[[passages]]
kind = "mention"
text = """
Police in {city} closed {spam} and {zhspam}.
if (x) {{ y = {{n}}; }}
"""
'''


def mention(slot: str, lang: str, rng: random.Random) -> str:
    """A string that shows which slot it fills."""
    return f"<{slot} {lang} {rng.randint(1, 9)}>"


def test_the_shipped_passages_are_of_all_kinds_in_many_languages(passages: list[Passage]) -> None:
    assert len(passages) >= 1_000
    assert {passage.kind for passage in passages} == KINDS
    assert len({passage.lang for passage in passages}) >= 20


def test_every_file_of_passages_is_read(passages: list[Passage], training: Path) -> None:
    files = list((training / "negatives").iterdir())
    assert {path.suffix for path in files} == {".toml"}
    assert sum(path.read_text("utf-8").count("[[passages]]") for path in files) == len(passages)


def test_every_shipped_passage_is_filled(passages: list[Passage]) -> None:
    rng = random.Random(1)
    for passage in passages:
        text = passage.fill(mention, rng)
        assert text.strip()
        assert not {"\ue000", "\ue001"} & set(text)
        assert not text.startswith("\n")


def test_slots_and_braces_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "en-mention.toml").write_text(GOOD, "utf-8")
    [passage] = load_passages(tmp_path)
    text = passage.fill(lambda slot, lang, rng: f"<{slot} {lang}>", random.Random(1))
    assert text == "Police in Bergen closed <spam en> and <zhspam en>.\nif (x) { y = {n}; }"


def test_the_same_seed_fills_a_passage_alike(passages: list[Passage]) -> None:
    first, second = ([one.fill(mention, random.Random(2)) for one in passages[:50]] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[passages]]", "[[passages", "not a file of passages"),
        ('lang = "en"', "", "'lang'"),
        ('kind = "mention"', "", "'kind'"),
        ("[[passages]]", "[[texts]]", "'passages'"),
        ("{city}", "{town}", "slot {town} is neither"),
    ],
)
def test_a_faulty_file_is_refused_by_name_and_fault(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "en-mention.toml").write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(SourceError, match=f"en-mention.toml: .*{message}"):
        load_passages(tmp_path)


def test_sites_in_passages_end_in_many_ways() -> None:
    passage = Passage("contacts", "en", "The museum's page is at museum.example/hours.", {})
    filled = {passage.fill(mention, random.Random(seed)) for seed in range(200)}
    assert len(filled) > 20
    assert "The museum's page is at museum.example/hours." in filled
    assert all(text.startswith("The museum's page is at museum.") for text in filled)
    assert all(text.endswith("/hours.") for text in filled)


def test_ads_end_in_what_passages_end_in() -> None:
    rng = random.Random(1)
    assert 10 < sum(domain(rng).endswith(".example") for _ in range(1_000)) < 50

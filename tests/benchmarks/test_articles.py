from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.articles import LANGUAGES, Newsroom, articles_of, floor_set_articles


def test_the_same_seed_writes_the_same_articles_and_another_does_not() -> None:
    one, again, other = (list(Newsroom(seed).articles(20_000)) for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("n_bytes", [300, 3000, 30_000])
def test_an_article_has_about_the_size_asked_for(lang: str, n_bytes: int) -> None:
    size = len(Newsroom(3).article(n_bytes, lang).encode())
    assert n_bytes - 3 <= size <= n_bytes + 1500


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_slot_is_left_open(lang: str) -> None:
    assert not set("{}") & set(Newsroom(4).article(30_000, lang))


def test_taking_the_ads_out_gives_the_article_back() -> None:
    room = Newsroom(5)
    for text in room.articles(60_000):
        polluted = room.polluted(text)
        assert polluted.clean == text != polluted.text
        left = iter(polluted.text)
        assert all(character in left for character in text), "the article's characters stand there in order"


def test_the_peers_were_told_all_ads_of_an_article_or_none() -> None:
    room = Newsroom(6)
    articles = [room.polluted(text) for text in room.articles(300_000)]
    assert 0.3 < sum(polluted.known for polluted in articles) / len(articles) < 0.7
    for polluted in articles:
        added = {*polluted.text.split("\n")} - {*polluted.clean.split("\n")}
        told = [any(ad in line for ad in room.known_ads) for line in added]
        assert all(told) if polluted.known else not any(told)


def test_the_floor_set_has_articles_in_many_languages() -> None:
    found = floor_set_articles()
    assert {"en", "zh"} < found.keys()
    assert all(found.values())


def test_articles_of_ones_own_are_read_from_json_lines(tmp_path: Path) -> None:
    texts = ["n" * 2000, "short", "m" * 3000, "o" * 9000]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (tmp_path / "news.jsonl").write_text(lines, "utf-8")
    assert articles_of(tmp_path, 10**9) == [texts[0], texts[2]]
    assert articles_of(tmp_path / "news.jsonl", 1) == [texts[0]]

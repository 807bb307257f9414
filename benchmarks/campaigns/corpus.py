"""The polluted corpus: real articles, campaigns of new kinds, recurring good lines, and mentions."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spamguard.learning.corpora import Document, documents, read_sources
from spamguard.learning.injection import inject
from spamguard.spans import Interval

HERE = Path(__file__).parent
MAX_CHARS = 2_500
MIN_CHARS = 400


@dataclass(frozen=True, slots=True)
class Article:
    """A document of the corpus with the truth about it."""

    name: str
    text: str
    spans: tuple[Interval, ...] = ()
    campaign: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A campaign as a source of ads."""

    strings: Sequence[str]

    def ad(self, rng: random.Random) -> str:
        """Return one of its strings, the first most often."""
        weights = [3, *([1] * (len(self.strings) - 1))]
        return rng.choices(self.strings, weights)[0]


def listing() -> dict[str, Any]:
    """Read the campaigns, recurring lines and mentions."""
    return tomllib.loads((HERE / "campaigns.toml").read_text("utf-8"))


def hosts(data: Path, count: int, rng: random.Random) -> list[Document]:
    """Return articles of at most 2,500 characters; sources that the model never read first."""
    sources = read_sources(HERE.parent.parent / "training" / "sources.toml", data)
    unseen, rest = _articles(documents(sources, "test"), rng), _articles(documents(sources, "host"), rng)
    rng.shuffle(rest)
    chosen = [*unseen, *rest][:count]
    rng.shuffle(chosen)
    return chosen


def _articles(found: Sequence[Document], rng: random.Random) -> list[Document]:
    """Cut long texts, and string short ones of one source and language together."""
    articles, waiting = [], dict[tuple[str, str], list[str]]()
    for one in found:
        held = waiting.setdefault((one.source, one.lang), [])
        held.append(one.text[: max(MAX_CHARS, 0)])
        if sum(map(len, held)) >= MIN_CHARS:
            joint = rng.choice(["\n", "\n\n"])
            articles.append(Document(joint.join(held), one.lang, one.source, ""))
            waiting[one.source, one.lang] = []
    return articles


def build(data: Path, *, which: str, count: int, seed: int) -> list[Article]:
    """Build the corpus.

    Parameters
    ----------
    data
        Folder of the public corpora.
    which
        Which campaigns and lines: "tune" or "measure".
    count
        Number of articles.
    seed
        Seed of all chance.
    """
    rng = random.Random(seed)
    parts = listing()
    campaigns = [one for one in parts["campaign"] if one["set"] == which]
    found = hosts(data, count, rng)
    order = list(range(len(found)))
    rng.shuffle(order)
    articles = [Article(f"{one.source}/{number:05}.txt", one.text) for number, one in enumerate(found)]
    for campaign in campaigns:
        for _ in range(rng.randint(15, 60) * count // 5000 or 3):
            number = order.pop()
            polluted = inject(articles[number].text, Source(campaign["strings"]), rng)
            articles[number] = Article(
                articles[number].name,
                polluted.text,
                tuple(polluted.spans),
                campaign["name"],
                polluted.pattern,
            )
    hosts_of: dict[str, list[int]] = {}
    for number in order:
        hosts_of.setdefault(found[number].lang.removesuffix("-Hant"), []).append(number)
    _add_furniture(articles, hosts_of, parts["furniture"][which], rng)
    _add_mentions(articles, order, campaigns, parts["mentions"]["templates"], rng, count)
    return articles


def _add_furniture(
    articles: list[Article],
    hosts_of: Mapping[str, list[int]],
    lines: Mapping[str, Sequence[str]],
    rng: random.Random,
) -> None:
    """Put good lines that recur at heads and feet of clean articles in their language."""
    for lang, line in ((lang, line) for lang, group in lines.items() for line in group):
        at_head = rng.random() < 0.5
        places = hosts_of.get(lang, [])
        for number in rng.sample(places, min(len(places), rng.randint(15, 60))):
            text = articles[number].text
            text = f"{line}\n{text}" if at_head else f"{text}\n{line}"
            articles[number] = replace(articles[number], text=text, extra="furniture")


def _add_mentions(
    articles: list[Article],
    order: list[int],
    campaigns: Sequence[dict[str, Any]],
    templates: Sequence[str],
    rng: random.Random,
    count: int,
) -> None:
    """Put sentences that quote an ad into clean articles."""
    for campaign in campaigns:
        for _ in range(max(1, 3 * count // 5000)):
            number = order.pop()
            lines = articles[number].text.split("\n")
            sentence = rng.choice(templates).replace("{ad}", rng.choice(campaign["strings"]))
            lines.insert(rng.randint(0, len(lines)), sentence)
            articles[number] = Article(articles[number].name, "\n".join(lines), (), "", "mention")

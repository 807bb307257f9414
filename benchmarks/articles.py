"""Articles to measure on: news of our own writing, put together anew from a seed, and ads put into it."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FLOOR_SET = HERE.parent / "training" / "floor_set"
LANGUAGES = ("en", "zh")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Polluted:
    """An article with ads in it, and as it was.

    Attributes
    ----------
    text, clean
        With and without the ads.
    known
        Whether the peers were told its ads; either all of them or none.
    """

    text: str
    clean: str
    known: bool


class Newsroom:
    """Writes articles; the same seed writes the same ones.

    Parameters
    ----------
    seed
        Any whole number.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._news: dict[str, Any] = tomllib.loads((HERE / "news.toml").read_text("utf-8"))
        self._decks: dict[tuple[str, str], list[str]] = {}
        self._known, self._unknown = self._ads()

    @property
    def known_ads(self) -> list[str]:
        """Ads that the peers are told: half of those that :meth:`polluted` puts in."""
        return list(self._known)

    def _ads(self) -> tuple[list[str], list[str]]:
        """Deal the floor set's ads into those that peers are told and those that come new."""
        families = tomllib.loads((FLOOR_SET / "strings.toml").read_text("utf-8"))["families"]
        ads = [ad for family in families if family["lang"] in LANGUAGES for ad in family["strings"]]
        self._random.shuffle(ads)
        return ads[::2], ads[1::2]

    def _filled(self, template: str, lang: str) -> str:
        """Draw the words of a template."""
        slots, draw = self._news[lang]["slots"], self._random

        def word(found: re.Match[str]) -> str:
            name = found[1]
            if name in ("d", "n", "nn"):
                return str(
                    {"d": draw.randint(2, 9), "n": draw.randint(12, 97), "nn": draw.randint(10, 59)}[name]
                )
            chosen: str = draw.choice(slots[name.lower()])
            return chosen[0].upper() + chosen[1:] if name[0].isupper() else chosen

        return _SLOT.sub(word, template)

    def _line(self, lang: str, kind: str) -> str:
        """Write a headline, a bullet or a paragraph."""
        if kind != "sentences":
            return self._filled(self._draw(lang, kind), lang)
        gap = "" if lang == "zh" else " "
        return gap.join(self._filled(self._draw(lang, kind), lang) for _ in range(self._random.randint(1, 4)))

    def _draw(self, lang: str, kind: str) -> str:
        """Draw a template; none comes again before all have come, as no journalist repeats himself."""
        deck = self._decks.setdefault((lang, kind), [])
        if not deck:
            deck += self._news[lang][kind]
            self._random.shuffle(deck)
        return deck.pop()

    def article(self, n_bytes: int, lang: str = "en") -> str:
        """Write an article of about ``n_bytes`` of UTF-8: a headline, paragraphs, now and then a list."""
        lines, size = [self._line(lang, "heads"), ""], 0
        while size < n_bytes:
            bullets = self._random.random() < 0.15
            added = (
                [self._line(lang, "bullets") for _ in range(3)]
                if bullets
                else [self._line(lang, "sentences")]
            )
            lines += added
            size += sum(len(line.encode()) + 1 for line in added)
        text = "\n".join(lines)
        return text.encode()[:n_bytes].decode(errors="ignore") if n_bytes < 1000 else text

    def articles(self, n_bytes: int, *, lang: str | None = None) -> Iterator[str]:
        """Write articles of 1.5 to 6 kB until they make up ``n_bytes``; English and Chinese in turn."""
        size = number = 0
        while size < n_bytes:
            text = self.article(self._random.randint(1500, 5500), lang or LANGUAGES[number % 2])
            size, number = size + len(text.encode()), number + 1
            yield text

    def polluted(self, clean: str) -> Polluted:
        """Put one or two ads into an article in the ways of the wild.

        Each stands on a line of its own, before a line with a space between, or behind one.
        """
        lines = [[line] for line in clean.split("\n")]
        known = self._random.random() < 0.5
        filled = [number for number, line in enumerate(lines) if line[0]]
        for number in self._random.sample(filled, min(self._random.randint(1, 2), len(filled))):
            ad = self._random.choice(self._known if known else self._unknown)
            line = lines[number][0]
            lines[number] = self._random.choice(([ad, line], [f"{ad} {line}"], [f"{line} {ad}"]))
        return Polluted("\n".join(piece for line in lines for piece in line), clean, known)


def floor_set_articles() -> dict[str, list[str]]:
    """Return the floor set's clean articles by language."""
    found: dict[str, list[str]] = {}
    for line in (FLOOR_SET / "clean.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        found.setdefault(case["lang"], []).append(case["text"])
    return found


def articles_of(path: Path, n_bytes: int) -> list[str]:
    """Read articles of 1.5 to 6 kB from JSON lines with a field ``text``, until they make up ``n_bytes``."""
    found, size = [], 0
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                if 1500 <= (length := len(text.encode(errors="surrogatepass"))) <= 6000:
                    found.append(text)
                    size += length
                if size >= n_bytes:
                    return found
    return found

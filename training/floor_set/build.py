"""Builds the floor set: puts the ads of strings.toml into the articles of hosts.toml.

``python training/floor_set/build.py`` writes the JSON lines next to this file, the same to the byte every
time; with ``--check`` it writes nothing and fails where a file is not what would be written.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from placements import PLACEMENTS, Ad, Campaign, Lines, Placement, Seam

from spamguard.seams import edits_for, remove
from spamguard.spans import CATEGORIES, Interval

FOLDER = Path(__file__).parent
SEED = 20260401
# Share of the cases whose ad is in the article's own language, where there are such ads.
OWN_LANGUAGE_SHARE = 0.3
Row = dict[str, Any]


def _entries(name: str, key: str) -> list[Row]:
    """Read the tables of one of the source files."""
    with open(FOLDER / name, "rb") as file:
        return list(tomllib.load(file)[key])


def _article(host: Row) -> str:
    """Return a host's text without the line breaks that frame it in TOML."""
    return str(host["text"]).strip("\n")


def _with_spans(lines: Lines, line_break: str) -> tuple[str, list[Interval]]:
    """Join the pieces of all lines, and say where the ads are."""
    text, spans = "", list[Interval]()
    for number, line in enumerate(lines):
        text += line_break if number else ""
        for piece in line:
            start = len(text)
            text += piece.replace("\n", line_break)
            if isinstance(piece, Ad):
                spans.append((start, len(text)))
    return text, spans


def _without_ads(lines: Lines, line_break: str) -> str:
    """Return the article as it was before the ads."""
    kept = [line for line in lines if not line or not all(isinstance(piece, Ad) for piece in line)]
    return line_break.join("".join(p for p in line if not isinstance(p, Ad | Seam)) for line in kept)


Card = TypeVar("Card")


class _Deck(Generic[Card]):
    """Deals all its cards in random order before any comes again."""

    def __init__(self, cards: list[Card], rng: random.Random) -> None:
        self._cards, self._rng, self._left = cards, rng, list[Card]()

    def deal(self) -> Card:
        """Return the next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


def _case(host: Row, family: Row, string: str, placement: Placement, rng: random.Random) -> Row | None:
    """Pollute one host; None where it has no such place."""
    campaign = Campaign(string, [other for other in family["strings"] if other != string])
    lines = placement([[line] for line in _article(host).split("\n")], campaign, rng)
    line_break = "\r\n" if host.get("crlf") else "\n"
    text, spans = _with_spans(lines, line_break)
    clean = _without_ads(lines, line_break)
    if not spans:
        return None
    assert remove(text, edits_for(text, spans)) == clean, f"seam: {host['id']} {placement.__name__}"
    named = {"lang": host["lang"], "family": family["name"], "category": family["category"]}
    return {**named, "pattern": placement.__name__, "text": text, "clean": clean, "spans": spans}


def polluted() -> Iterator[Row]:
    """Yield the polluted cases."""
    rng = random.Random(SEED)
    families = _entries("strings.toml", "families")
    assert {family["category"] for family in families} == set(CATEGORIES)
    strings = [(family, string) for family in families for string in family["strings"]]
    ads = _Deck(strings, rng)
    hosts = _entries("hosts.toml", "hosts")
    for placement, wanted in PLACEMENTS.items():
        deck, number = _Deck(hosts, rng), 0
        while number < wanted:
            host = deck.deal()
            own = [ad for ad in strings if ad[0]["lang"] == host["lang"]]
            family, string = rng.choice(own) if own and rng.random() < OWN_LANGUAGE_SHARE else ads.deal()
            if case := _case(host, family, string, placement, rng):
                number += 1
                yield {"id": f"{placement.__name__}-{number:02}", **case}


def untouched(name: str, pattern: str) -> Iterator[Row]:
    """Yield cases without ads from hosts.toml or a file of passages."""
    key = "hosts" if name == "hosts.toml" else "passages"
    for number, entry in enumerate(_entries(name, key), start=1):
        text = _article(entry).replace("\n", "\r\n" if entry.get("crlf") else "\n")
        why = {"why": entry["why"]} if "why" in entry else {}
        named = {"id": f"{pattern}-{number:02}", "lang": entry["lang"], "family": None, "category": None}
        yield {**named, "pattern": pattern, "text": text, "clean": text, "spans": [], **why}


def main() -> None:
    """Write the files, or compare them."""
    files = {
        "polluted.jsonl": polluted(),
        "clean.jsonl": untouched("hosts.toml", "clean"),
        "hard_negatives.jsonl": untouched("hard_negatives.toml", "hard_negative"),
        "never_a_censor.jsonl": untouched("never_a_censor.toml", "never_a_censor"),
    }
    for name, rows in files.items():
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            sys.exit(f"{name} is not what build.py makes: run it without --check")


if __name__ == "__main__":
    main()

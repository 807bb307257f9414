"""Reshapes genuine articles: lists, headings, broken and joined lines, as real pages have them.

Without these a model learns that a bullet or a short line is a sign of spam, for the corpora are mostly
plain paragraphs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_SENTENCES = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
_BULLETS = ("• ", "- ", "* ", "✓ ", "▪ ", "● ", "– ", "· ", "→ ", "✔ ", "► ")
_LONGEST_ITEM = 120
_LEAST_TORN = 5
_HEADING_CASES: list[Callable[[str], str]] = [str.title, str.upper, str.strip, str.strip]


def _sentences(line: str) -> list[str]:
    """Cut a line into its sentences."""
    return [piece for piece in _SENTENCES.split(line) if piece.strip()]


def one_sentence_lines(text: str, rng: random.Random) -> str:
    """Put every sentence of some paragraphs on a line of its own."""
    lines = text.split("\n")
    return "\n".join("\n".join(_sentences(line)) if rng.random() < 0.6 else line for line in lines)


def bulleted(text: str, rng: random.Random) -> str:
    """Turn a paragraph, or some lines, into a list; full stops at the items' ends go at times."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    items = [item for item in _sentences(lines[at]) if len(item) <= _LONGEST_ITEM] or [lines[at]]
    bullet, bare = rng.choice([*_BULLETS, "n. ", "n) "]), rng.random() < 0.5
    if bare:
        items = [item.rstrip(".。") for item in items]
    marked = [bullet.replace("n", str(i)) + item for i, item in enumerate(items, 1)]
    return "\n".join([*lines[:at], *marked, *lines[at + 1 :]])


def clauses(text: str, rng: random.Random) -> str:
    """Break one sentence at its commas into short items, as lists and captions are."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    pieces = [piece.strip().rstrip(".。") for piece in re.split(r"[,;，；、:：]", lines[at]) if piece.strip()]
    bullet = rng.choice(["", "", *_BULLETS])
    return "\n".join([*lines[:at], *(bullet + piece for piece in pieces[:8]), *lines[at + 1 :]])


def heading(text: str, rng: random.Random) -> str:
    """Set the first words of a sentence as a heading before it, in title case or capitals at times."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    words = lines[at].split(" ")
    title = " ".join(words[: rng.randint(2, 7)]) if len(words) > 2 else lines[at][: rng.randint(4, 16)]
    title = rng.choice(_HEADING_CASES)(title).rstrip(",.:;，。")
    return "\n".join([*lines[:at], title, *lines[at:]])


def joined(text: str, rng: random.Random) -> str:
    """Join two paragraphs into one."""
    at = rng.random()
    lines = text.split("\n")
    position = int(at * (len(lines) - 1))
    return "\n".join([*lines[:position], " ".join(lines[position : position + 2]), *lines[position + 2 :]])


def doubled_breaks(text: str, rng: random.Random) -> str:
    """Put empty lines between paragraphs, or take them out."""
    return text.replace("\n\n", "\n") if rng.random() < 0.4 else text.replace("\n", "\n\n")


def no_space_after_stops(text: str, rng: random.Random) -> str:
    """Drop the space behind some full stops, as careless pages do."""
    return re.sub(r"(?<=[a-z])\. (?=[A-Z])", lambda match: "." if rng.random() < 0.3 else match.group(), text)


def torn(text: str, rng: random.Random) -> str:
    """Lose a line's first letters, as pages that print a large initial do, or its last, as teasers do."""
    lines = text.split("\n")
    long = [at for at, line in enumerate(lines) if len(line) > _LEAST_TORN]
    if not long:
        return text
    at, cut = rng.choice(long), rng.randint(1, _LEAST_TORN)
    line = lines[at]
    torn_line = line[cut:] if rng.random() < 0.6 else line[: rng.randint(_LEAST_TORN, len(line) - 1)]
    return "\n".join([*lines[:at], torn_line, *lines[at + 1 :]])


Reshaping = Callable[[str, random.Random], str]
RESHAPINGS: dict[Reshaping, float] = {
    one_sentence_lines: 3, bulleted: 5, clauses: 3, heading: 3, joined: 2, doubled_breaks: 4,
    no_space_after_stops: 1, torn: 2,
}  # fmt: skip


def reshape(text: str, rng: random.Random) -> str:
    """Reshape an article in one way, at times in two."""
    for reshaping in rng.choices(list(RESHAPINGS), list(RESHAPINGS.values()), k=rng.choice([1, 1, 2])):
        text = reshaping(text, rng)
    return text

"""Where the wild puts ads, as rules that rebuild an article line by line."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from disguises import disguise


class Ad(str):
    """A piece of a line that is spam."""

    __slots__ = ()


class Seam(str):
    """The space that came with an ad and goes with it."""

    __slots__ = ()


@dataclass(frozen=True)
class Campaign:
    """The strings of one family, the one whose turn it is first."""

    first: str
    others: list[str]

    def some(self, count: int, rng: random.Random) -> list[str]:
        """Return the first string and others, ``count`` in all or as many as there are."""
        return [self.first, *rng.sample(self.others, min(count - 1, len(self.others)))]


Lines = list[list[str]]
Placement = Callable[[Lines, Campaign, random.Random], Lines]

SPACE = Seam(" ")
_BULLET = re.compile(r"(?:[•\-–]|\d\.) ")
# No digit before the full stop: `1. Item` and `14. Spieltag` are no sentence's end.
_SENTENCE_END = re.compile(
    r"(?<=[^\d.][.!?][\"”»’“]) (?=\S)"
    r"|(?<=[^\d.][.!?]) (?=\S)"
    r"|(?<=[。！？।])[”」]?(?=[^”」\s])"
)
_MID_SENTENCE = re.compile(r"(?<=[^\W\d_],) (?=[^\W\d_])|(?<=[^\W\d_]{3}) (?=[^\W\d_]{3})|(?<=[，、])(?=\w)")
_METADATA = [
    ("⏱ 2026-03-04 01:12 🔖", " 📢0"),
    ("2026-03-04 01:12（来源：", "）"),
    ("Posted 4 March 2026 |", " | 57 views"),
    ("Tags: news, region,", ""),
]
_MARKUP = [
    '<a href="http://otterlinks.example/go/{n}">{ad}</a>',
    "[url=http://otterlinks.example/?p={n}]{ad}[/url]",
    "[{ad}](http://otterlinks.example/{n}.html)",
    "<strong>{ad}</strong>",
]
_RARE_BLOCKS = [(0x5000, 0x9F00), (0xAC00, 0xD7A3), (0x1400, 0x1600)]


def _full(lines: Lines) -> list[int]:
    """Numbers of the lines that hold text."""
    return [i for i, line in enumerate(lines) if "".join(line).strip()]


def _before(lines: Lines, numbers: list[int], ads: list[str], seam: str = SPACE) -> Lines:
    """Put an ad at the start of each of these lines."""
    for i, ad in zip(numbers, ads, strict=False):
        lines[i] = [Ad(ad), seam, *lines[i]]
    return lines


def _chosen(numbers: list[int], rng: random.Random) -> list[int]:
    """Choose one to three of the lines, in order."""
    return sorted(rng.sample(numbers, min(len(numbers), rng.choice([1, 1, 2, 3]))))


def prefix(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """At the start of lines, one space before the text."""
    return _before(lines, _chosen(_full(lines), rng), campaign.some(3, rng))


def bullet_prefix(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """In front of bullets."""
    bullets = [i for i in _full(lines) if _BULLET.match(lines[i][0])]
    return _before(lines, _chosen(bullets, rng), campaign.some(3, rng)) if bullets else lines


def glued(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """At the start of lines without a space."""
    return _before(lines, _chosen(_full(lines), rng), campaign.some(3, rng), Seam(""))


def flood(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Before every line of text, always the same string."""
    numbers = _full(lines)
    return _before(lines, numbers, [campaign.first] * len(numbers), rng.choice([Seam(""), SPACE]))


def hash_buster(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """With a run of random rare characters behind it, all glued to a line."""
    low, high = rng.choice(_RARE_BLOCKS)
    rare = "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(8, 24)))
    return _before(lines, [rng.choice(_full(lines)[:3])], [campaign.first + rare], Seam(""))


def twins(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Several ads side by side at the start of a line."""
    return _before(lines, [rng.choice(_full(lines))], [" ".join(campaign.some(3, rng))])


def own_line(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """On lines of their own, each before a line of text."""
    later = _full(lines)[1:] or [0]
    for i, ad in reversed(list(zip(_chosen(later, rng), campaign.some(3, rng), strict=False))):
        lines.insert(i, [Ad(ad)])
    return lines


def first_line(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Before the headline."""
    return [[Ad(campaign.first)], *lines]


def last_line(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """After the last line."""
    return [*lines, [Ad(campaign.first)]]


def chain(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Many keywords, joined, as the first line."""
    return [[Ad(rng.choice([",", "_", "|", "、"]).join(campaign.some(rng.randint(4, 9), rng)))], *lines]


def block(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Two to five lines of ads together, at the head, at the foot or between."""
    ads = campaign.some(rng.randint(2, 5), rng)
    at = rng.choice([0, rng.choice(_full(lines)), len(lines)])
    if at == len(lines):
        return [*lines, [Ad("\n".join(ads))]]
    own: Lines = [[Ad(ad)] for ad in ads]
    return [*lines[:at], *own, *lines[at:]]


def echo(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Before the headline, and once more at the very end with a link."""
    link = f"{campaign.first} http://otterlinks.example/{rng.randint(10, 9999)}"
    lines = _before(lines, [0], [campaign.first])
    return [*lines, [Ad(link)]]


def suffix(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """At the end of lines."""
    for i, ad in zip(_chosen(_full(lines), rng), campaign.some(3, rng), strict=False):
        lines[i] = [*lines[i], SPACE, Ad(ad)]
    return lines


def metadata(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """In a line of metadata that the page had, or tied to the headline."""
    kind = rng.randrange(len(_METADATA) + 2)
    if kind == len(_METADATA):
        return [[*lines[0], SPACE, Ad(f"- {campaign.first}")], *lines[1:]]
    if kind > len(_METADATA):
        return [[Ad(f"{campaign.first} |"), SPACE, *lines[0]], *lines[1:]]
    head, tail = _METADATA[kind]
    seam = Seam("" if head.endswith("：") else " ")
    return [lines[0], [head, seam, Ad(campaign.first), tail], *lines[1:]]


def _in_gaps(lines: Lines, gap: re.Pattern[str], ads: list[str], rng: random.Random) -> Lines:
    """Put ads into gaps of the running text, one to a line at most."""
    places = {i: list(gap.finditer(lines[i][0])) for i in _full(lines)}
    numbers = [i for i, found in places.items() if found]
    for i, ad in zip(rng.sample(numbers, min(len(numbers), 2)), ads, strict=False):
        place, line = rng.choice(places[i]), lines[i][0]
        lines[i] = [line[: place.end()], Ad(ad), Seam(" " if place[0] == " " else ""), line[place.end() :]]
    return lines


def between_sentences(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Between two sentences of a line."""
    return _in_gaps(lines, _SENTENCE_END, campaign.some(rng.choice([1, 2]), rng), rng)


def mid_sentence(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Between two words of a sentence."""
    return _in_gaps(lines, _MID_SENTENCE, [campaign.first], rng)


def markup(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """With the residue of a link around it."""
    ad = rng.choice(_MARKUP).format(ad=campaign.first, n=rng.randint(10, 9999))
    return rng.choice([prefix, suffix, own_line, between_sentences])(lines, Campaign(ad, []), rng)


def disguised(lines: Lines, campaign: Campaign, rng: random.Random) -> Lines:
    """Disguised, in one of the commonest places."""
    ad = disguise(campaign.first, rng)
    return rng.choice([prefix, suffix, own_line, glued])(lines, Campaign(ad, []), rng)


# With how many cases of each the floor set has: roughly as often as the wild has them.
PLACEMENTS: dict[Placement, int] = {
    prefix: 80,
    own_line: 75,
    bullet_prefix: 50,
    disguised: 60,
    suffix: 50,
    between_sentences: 45,
    mid_sentence: 30,
    metadata: 35,
    block: 30,
    markup: 30,
    first_line: 25,
    last_line: 20,
    flood: 20,
    glued: 20,
    chain: 15,
    hash_buster: 15,
    twins: 15,
    echo: 15,
}

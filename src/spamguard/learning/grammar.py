"""Spam grammars: families of strings expanded from templates over ingredients."""

from __future__ import annotations

import random
import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from spamguard.errors import SourceError
from spamguard.spans import CATEGORIES, Category

_SLOT = re.compile(r"\{(\w+)\}")
_MAX_DEPTH = 5
_LUCKY = "419 168 888 777 88 1314 520 360 365 68 99 1024 123 789 66 518 007 247 9527 55".split()
_ENDINGS = (
    "com com com net org cc top xyz vip club site online info shop cn tv me io win bet app icu ru id in co "
    "de fr es com.br com.tr vn th jp kr us uk co.uk ws biz pro live fun link click space website store today "
    "world asia life one work press host buzz best games casino blog pw tk ml ga example example example"
).split()
# Endings that the list lacks: the wild has some fifteen hundred, and new ones every year.
_RARE_ENDING_SHARE = 0.15
_BLANKED_SHARE = 0.15
_SYLLABLES = (
    "ba be bo da di do ka ki ko la li lo ma mi mo na ni no ra ri ro sa si so ta ti to va vi xi ya zo".split()
)


@dataclass(frozen=True)
class Family:
    """One family of spam.

    Parameters
    ----------
    name
        File name without its ending, such as ``"en-casino"``.
    category
        What spans of the family are reported as.
    lang
        Language of the strings.
    ingredients
        Lists that the templates' slots draw from.
    short, long
        Templates of bare keyword strings, and of whole pitches.

    Examples
    --------
    >>> family = Family("en-demo", "other", "en", {"what": ["pills"]}, ["cheap {what}"], [])
    >>> expand(family.short[0], family.ingredients, random.Random(1))
    'cheap pills'
    """

    name: str
    category: Category
    lang: str
    ingredients: Mapping[str, Sequence[str]] = field(repr=False)
    short: Sequence[str] = field(repr=False)
    long: Sequence[str] = field(repr=False)


def thinned(family: Family, share: float, seed: int) -> Family:
    """Return a family with a random share of its templates and ingredients, never fewer than one.

    What a model learns from such a family meets the whole one as it meets the wild: the same trade in
    other words.
    """
    rng = random.Random(f"{seed} {family.name}")

    def some(items: Sequence[str]) -> Sequence[str]:
        return [item for item in items if rng.random() < share] or list(items[:1])

    ingredients = {name: some(items) for name, items in sorted(family.ingredients.items())}
    return replace(family, ingredients=ingredients, short=some(family.short), long=some(family.long))


def digits(rng: random.Random, length: int) -> str:
    """Return a string of random decimal digits."""
    return "".join(rng.choices(string.digits, k=length))


def _phone(rng: random.Random) -> str:
    """Return a made-up phone number in some usual format."""
    d = digits(rng, 12)
    shapes = (
        f"1{d[:2]}{d[2:10]}", f"1{d[:2]}-{d[2:6]}-{d[6:10]}", f"+{d[:2]} {d[2:5]} {d[5:8]} {d[8:12]}",
        f"({d[:3]}) {d[3:6]}-{d[6:10]}", f"0{d[:3]} {d[3:6]} {d[6:9]}", f"+1-{d[:3]}-{d[3:6]}-{d[6:10]}",
        f"1{d[:2]}xxxx{d[2:6]}", f"1{d[:2]}****{d[2:6]}", f"+{d[0]} 000 000 0000", f"00-{d[:4]}-0000",
        f"{d[:3]}-{d[3:5]}-{d[5:7]}", f"+{d[:3]}{d[3:12]}", f"0{d[0]}0-0000-0000", f"({d[:2]}) 0000-0000",
        f"{d[:3]}.{d[3:6]}.{d[6:10]}", f"000 000 {d[:3]}", f"08{d[:2]}-{d[2:6]}-{d[6:10]}",
        f"8 (9{d[:2]}) {d[2:5]}-{d[5:7]}-{d[7:9]}", f"0{d[:9]}", f"{d[:5]} {d[5:10]}",
    )  # fmt: skip
    number = rng.choice(shapes)
    # Numbers are blanked out where a page was made safe to show.
    return re.sub(r"\d", "0", number) if rng.random() < _BLANKED_SHARE else number


def _name(rng: random.Random) -> str:
    """Return a made-up name as sites and contacts bear it."""
    stem = "".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3)))
    if rng.random() < 0.3:
        stem = "".join(rng.choices(string.ascii_lowercase + string.digits, k=rng.randint(3, 9)))
    return stem + rng.choice(["", "", digits(rng, 2), rng.choice(_LUCKY)])


def domain(rng: random.Random) -> str:
    """Return a made-up domain, sometimes with a prefix."""
    prefix = rng.choice(["", "", "", "www.", "m.", "bbs.", "vip."])
    return f"{prefix}{_name(rng)}{rng.choice(['', '', '-' + _name(rng)])}.{_ending(rng)}"


def _ending(rng: random.Random) -> str:
    """Return a domain's ending: a usual one, or one made up as new ones are."""
    if rng.random() >= _RARE_ENDING_SHARE:
        return rng.choice(_ENDINGS)
    stem = "".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3)))
    return stem + rng.choice("bdfgklmnprstxyz")


def url(rng: random.Random) -> str:
    """Return a made-up address."""
    tail = rng.choice(
        ["", "/", f"/{_name(rng)}", f"/{_name(rng)}/", f"/?p={digits(rng, 2)}", f"/{_name(rng)}.html"]
    )
    return f"{rng.choice(['http://', 'https://', 'https://'])}{domain(rng)}{tail}"


def keyword_url(words: str, rng: random.Random) -> str:
    """Return a made-up address that bears the ASCII words of an ad in its name or its path."""
    known = re.findall(r"[a-z0-9]+", words.lower())
    if not known:
        return url(rng)
    named = rng.choice(["", "-"]).join(known[: rng.randint(1, 3)])
    site = rng.choice([named + rng.choice(["", "", "-" + _name(rng), digits(rng, 2)]), _name(rng)])
    path = rng.choice(
        ["", "", "/", "/" + "-".join(known), "/" + rng.choice(known), "/" + "_".join(known) + ".html"]
    )
    head = rng.choice(["", "", "www.", "http://", "https://", "https://", "https://www."])
    return f"{head}{site}.{_ending(rng)}{path}"


def handle(rng: random.Random) -> str:
    """Return a made-up contact identifier."""
    joint = rng.choice(["", "", "_", "."])
    return f"{rng.choice(['', '', '', '@'])}{_name(rng)}{joint}{digits(rng, rng.randint(2, 5))}"


BUILT_INS: dict[str, Callable[[random.Random], str]] = {
    "n": lambda rng: str(rng.choice([rng.randint(1, 9), rng.randint(10, 99), rng.randint(10, 500)])),
    "nn": lambda rng: rng.choice(
        [str(rng.randint(100, 9999)), f"{rng.randint(1, 99)},{digits(rng, 3)}", f"{rng.randint(1, 50)}000"]
    ),
    "year": lambda rng: str(rng.randint(2015, 2027)),
    "pct": lambda rng: f"{rng.choice([5, 10, 20, 25, 30, 50, 60, 70, 75, 80, 90, 95, 99, 100, 200])}%",
    "qq": lambda rng: str(rng.randint(1, 9)) + digits(rng, rng.randint(5, 10)),
    "phone": _phone,
    "handle": handle,
    "domain": domain,
    "url": url,
    "email": lambda rng: f"{_name(rng)}@{domain(rng).removeprefix('www.')}",
    "promo": lambda rng: (
        "".join(rng.choices(string.ascii_uppercase, k=rng.randint(3, 6))) + str(rng.randint(5, 500))
    ),
    "lucky": lambda rng: rng.choice(_LUCKY),
}


def expand(template: str, ingredients: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """Fill every slot of a template, slots inside ingredients included.

    Raises
    ------
    SourceError
        If a slot is neither an ingredient nor built in, or ingredients nest without end.
    """

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in ingredients:
            return rng.choice(ingredients[name])
        if name in BUILT_INS:
            return BUILT_INS[name](rng)
        raise SourceError(f"slot {{{name}}} is neither an ingredient of its file nor built in")

    for _ in range(_MAX_DEPTH):
        if "{" not in template:
            return template
        template = _SLOT.sub(fill, template)
    raise SourceError(f"ingredients nest more than {_MAX_DEPTH} deep")


def load_family(path: Path) -> Family:
    """Read and check one family's file.

    Raises
    ------
    SourceError
        If the file is no TOML, lacks a key or names an unknown category or slot.
    """
    try:
        fields = tomllib.loads(path.read_text("utf-8"))
        strings = fields["strings"]
        family = Family(
            path.stem, fields["category"], fields["lang"], fields["ingredients"],
            strings["short"], strings.get("long", []),
        )  # fmt: skip
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise SourceError(f"{path.name}: not a family file: {error}") from None
    if family.category not in CATEGORIES:
        raise SourceError(f"{path.name}: category must be one of {', '.join(CATEGORIES)}")
    rng = random.Random(0)
    for template in (*family.short, *family.long):
        try:
            expand(template, family.ingredients, rng)
        except SourceError as error:
            raise SourceError(f"{path.name}: {error}") from None
    return family


def load_families(folder: Path) -> list[Family]:
    """Read every family of a folder, in the order of their names.

    Raises
    ------
    SourceError
        If the folder holds no family, or one is faulty.
    """
    families = [load_family(path) for path in sorted(folder.glob("*.toml"))]
    if not families:
        raise SourceError(f"no family files (*.toml) in {folder}")
    return families

"""Labelled documents to learn from: real articles with ads put in, clean ones, risky-looking passages."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spamguard.learning.campaign import Campaign, CorpusCampaign
from spamguard.learning.corpora import Document
from spamguard.learning.grammar import Family
from spamguard.learning.held_out import HeldOut
from spamguard.learning.injection import inject
from spamguard.learning.negatives import Passage
from spamguard.learning.polluted import AdSource
from spamguard.learning.reshaping import reshape
from spamguard.spans import Interval

_MAX_HOST_CHARS = 2500
_SHORT_TEXT = 400
# Lengths of passages, in characters: articles as they come, and snippets in which ads are dense.
_SIZES = (60, 200, 600, 1200, 2000)
SNIPPET_SIZES = (60, 120, 250)
_RESHAPED_SHARE = 0.35
# Texts that are single sentences or messages are strung together into one article.
_JOINTS = ["\n", "\n", "\n\n", " "]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One document with the truth about it.

    Attributes
    ----------
    text
        The text as a user would send it.
    spans
        Where the spam is: half-open code-point offsets, ascending, disjoint.
    lang, family, category, pattern
        The host's language, the ads' family and category, and their placement ("clean" where there are none).
    """

    text: str
    spans: tuple[Interval, ...]
    lang: str
    family: str
    category: str
    pattern: str


@dataclass
class Ingredients:
    """Everything that documents are made of.

    Attributes
    ----------
    hosts
        Articles that take injections.
    ham
        Clean texts that take none.
    families
        Grammars of spam.
    real_spam
        Real spam texts by language, one line each.
    passages
        Templates of risky-looking legitimate passages.
    held_out
        What must not be used.
    language_weight
        How often a family's language is drawn, relative to 1.
    """

    hosts: list[Document]
    ham: list[Document]
    families: list[Family]
    real_spam: dict[str, list[str]]
    passages: list[Passage]
    held_out: HeldOut
    language_weight: dict[str, float]
    _by_lang: dict[str, list[Document]] = field(init=False)
    _by_source: dict[str, list[Document]] = field(init=False)
    _families_by_lang: dict[str, list[Family]] = field(init=False)
    _passages_by_lang: dict[str, list[Passage]] = field(init=False)

    def __post_init__(self) -> None:
        """Index hosts, families and passages by language."""
        self._by_lang, self._by_source = defaultdict(list), defaultdict(list)
        self._families_by_lang, self._passages_by_lang = defaultdict(list), defaultdict(list)
        for host in self.hosts:
            self._by_lang[host.lang].append(host)
            self._by_source[host.source + host.lang].append(host)
        for family in self.families:
            self._families_by_lang[family.lang].append(family)
        for passage in self.passages:
            self._passages_by_lang[passage.lang].append(passage)

    def host(self, rng: random.Random, sizes: Sequence[int] = _SIZES) -> Document:
        """Return an article, cut to a passage of it where it is long.

        Parameters
        ----------
        rng
            The only source of chance.
        sizes
            Lengths in characters that passages are cut to, one drawn at random.
        """
        host = rng.choice(self._by_lang[self._host_language(rng)])
        if len(host.text) < min(_SHORT_TEXT, sizes[-1]) and rng.random() < 0.75:
            peers = self._by_source[host.source + host.lang]
            joint = rng.choice(_JOINTS)
            texts = [host.text, *(rng.choice(peers).text for _ in range(rng.randint(1, 7)))]
            text = joint.join(texts)
        else:
            text = _passage_of(host.text, rng, sizes)
        if rng.random() < _RESHAPED_SHARE:
            text = reshape(text, rng)
        return Document(text, host.lang, host.source, "")

    def _host_language(self, rng: random.Random) -> str:
        """Draw a language: often those with many hosts, but every one at times."""
        langs = sorted(self._by_lang)
        weights = [self.language_weight.get("host:" + lang, 1.0) for lang in langs]
        return rng.choices(langs, weights)[0]

    def family(self, rng: random.Random, lang: str | None = None) -> Family:
        """Return a family, of one language where wanted and there is one."""
        if lang not in self._families_by_lang:
            langs = sorted(self._families_by_lang)
            lang = rng.choices(langs, [self.language_weight.get(one, 1.0) for one in langs])[0]
        return rng.choice(self._families_by_lang[lang])

    def mention(self, slot: str, lang: str, rng: random.Random) -> str:
        """Return a spam string that a legitimate passage mentions."""
        wanted = {"zhspam": "zh", "sgspam": lang, "spam": rng.choice([lang, lang, "zh", "en"])}[slot]
        return self.campaign(self.family(rng, wanted)).bare(rng, 0.0)

    def campaign(self, family: Family) -> Campaign:
        """Return a family's campaign, held-out strings left out."""
        return Campaign(family, self.held_out.allows)

    def without_mentions(self) -> Ingredients:
        """Return the ingredients without the passages that mention spam strings.

        What a string says is the same in an ad and in a mention of it; a stage that reads strings alone
        must not be told otherwise.
        """
        return replace(self, passages=[passage for passage in self.passages if not passage.mentions])

    def passage(self, rng: random.Random, lang: str | None = None) -> str:
        """Return a filled passage, of one language where wanted and there is one."""
        if lang not in self._passages_by_lang:
            lang = rng.choice(sorted(self._passages_by_lang))
        return rng.choice(self._passages_by_lang[lang]).fill(self.mention, rng)


def _passage_of(text: str, rng: random.Random, sizes: Sequence[int]) -> str:
    """Cut a long article to some of its lines, its head more often than not."""
    if len(text) <= sizes[-1] * 1.2 and rng.random() < 0.5:
        return text
    lines = text.split("\n")
    start = 0 if rng.random() < 0.5 else rng.randrange(len(lines))
    kept, size, wanted = [], 0, rng.choice(sizes)
    for line in lines[start:]:
        kept.append(line[:_MAX_HOST_CHARS])
        size += len(kept[-1]) + 1
        if size > wanted:
            break
    return "\n".join(kept).strip("\n") or text[:_MAX_HOST_CHARS]


def _ad_source(parts: Ingredients, host: Document, rng: random.Random) -> tuple[AdSource, str, str]:
    """Draw a campaign for an article: its ads, the family's name and category."""
    own_language = rng.random() < 0.35
    if rng.random() < 0.08 and parts.real_spam:
        lang = (
            host.lang
            if own_language and host.lang in parts.real_spam
            else rng.choice(sorted(parts.real_spam))
        )
        return CorpusCampaign(parts.real_spam[lang]), "real-" + lang, ""
    family = parts.family(rng, host.lang if own_language else None)
    return parts.campaign(family), family.name, family.category


def _with_passages(text: str, lang: str, parts: Ingredients, rng: random.Random) -> str:
    """Put one or two risky-looking passages between the lines of an article."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 2)):
        wanted = lang if rng.random() < 0.97 else None
        lines.insert(rng.randint(0, len(lines)), parts.passage(rng, wanted))
    return "\n".join(lines)


def polluted(parts: Ingredients, rng: random.Random, sizes: Sequence[int] = _SIZES) -> Labelled:
    """Make one polluted article."""
    host = parts.host(rng, sizes)
    text = host.text
    if rng.random() < 0.2:
        text = _with_passages(text, host.lang, parts, rng)
    source, family, category = _ad_source(parts, host, rng)
    result = inject(text, source, rng)
    return Labelled(result.text, tuple(result.spans), host.lang, family, category, result.pattern)


def clean(parts: Ingredients, rng: random.Random, sizes: Sequence[int] = _SIZES) -> Labelled:
    """Make one clean document: an article, messages, or risky-looking passages."""
    kind = rng.random()
    if kind < 0.4:
        host = parts.host(rng, sizes)
        text, lang = host.text, host.lang
    elif kind < 0.55 and parts.ham:
        start = rng.randrange(len(parts.ham))
        texts = [one.text for one in parts.ham[start : start + rng.randint(1, 4)]]
        text, lang = "\n".join(texts)[:_MAX_HOST_CHARS], parts.ham[start].lang
    elif kind < 0.78:
        lang = rng.choice(sorted({passage.lang for passage in parts.passages}))
        lang = lang if rng.random() < 0.6 else rng.choice(["en", "zh"])
        text = "\n".join(parts.passage(rng, lang) for _ in range(rng.choice([1, 1, 2, 3])))
    else:
        host = parts.host(rng, sizes)
        text, lang = _with_passages(host.text, host.lang, parts, rng), host.lang
    return Labelled(text, (), lang, "", "", "clean")


def lone_ads(parts: Ingredients, count: int, *, seed: int) -> list[Labelled]:
    """Make documents that are one ad and nothing else, of any language and family.

    Parameters
    ----------
    parts
        Whose families are drawn from; the rest is not looked at.
    count
        How many.
    seed
        Seed of all chance.
    """
    rng = random.Random(seed)
    drawn = ((family, parts.campaign(family).ad(rng)) for family in (parts.family(rng) for _ in range(count)))
    return [
        Labelled(ad, ((0, len(ad)),), family.lang, family.name, family.category, "alone")
        for family, ad in drawn
    ]


def make(
    parts: Ingredients, count: int, *, polluted_share: float, seed: int, sizes: Sequence[int] = _SIZES
) -> list[Labelled]:
    """Make documents; the same seed makes the same ones.

    Parameters
    ----------
    parts
        What they are made of.
    count
        How many.
    polluted_share
        Share of them that get ads, 0 to 1.
    seed
        Seed of all chance.
    sizes
        Lengths in characters that articles are cut to.
    """
    rng = random.Random(seed)
    makers = (polluted if rng.random() < polluted_share else clean for _ in range(count))
    return [maker(parts, rng, sizes) for maker in makers]

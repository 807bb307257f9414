"""What a model is to learn, and what it must not forget."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from spamguard.learning.campaign import Campaign
from spamguard.learning.disguises import disguise
from spamguard.learning.documents import Labelled
from spamguard.learning.grammar import load_families
from spamguard.learning.held_out import HeldOut
from spamguard.learning.injection import inject
from spamguard.learning.labels.native import to_fields
from spamguard.learning.labels.record import Label
from spamguard.learning.negatives import load_passages
from spamguard.learning.shipped import shipped
from spamguard.model.detector import Detector
from spamguard.seams import edits_for, remove
from spamguard.spans import Category

# Placements made of each labelled text, and at most: more change nothing that was measured.
_PLACEMENTS_EACH, _MOST_PLACEMENTS = 10, 400
_PASSAGE_CHARS = (60, 120, 250, 600)
_DISGUISED_SHARE = 0.15
UNNAMED = "other"
# Strings of the inventory and risky-looking passages whose scores are held (training/few_shot/README.md).
_N_ADS, _N_PASSAGES = 3000, 1500


@dataclass(frozen=True)
class Lesson:
    """What to learn and what to keep.

    Attributes
    ----------
    labelled
        Labelled texts and placements of their ads: what a model should find in them.
    kept
        Texts on which it should stay as it is; those with a category are ads.
    named
        Strings that people put into a category, with its name.
    """

    labelled: Sequence[Labelled]
    kept: Sequence[Labelled]
    named: Sequence[tuple[str, Category]] = ()


class Update(Protocol):
    """Moves a model by a lesson."""

    def __call__(self, detector: Detector, lesson: Lesson) -> Detector:
        """Return the moved model; the one given stays as it is."""
        ...

    def describe(self) -> dict[str, float | str]:
        """Return its name and knobs, for the manifest."""
        ...


@dataclass(frozen=True)
class LabelledAds:
    """Gives strings that people marked, disguised at times.

    Attributes
    ----------
    strings
        At least one.
    """

    strings: Sequence[str]

    def ad(self, rng: random.Random) -> str:
        """Return one of the strings."""
        text = rng.choice(self.strings)
        disguised = disguise(text, rng) if rng.random() < _DISGUISED_SHARE else text
        return disguised if disguised.strip() else text


def canonical(labels: Sequence[Label]) -> list[Label]:
    """Return labels in an order that depends on nothing but them, exact duplicates left out."""
    by_content = {json.dumps(to_fields(label), sort_keys=True): label for label in labels}
    return [by_content[content] for content in sorted(by_content)]


def digest_of(labels: Sequence[Label]) -> str:
    """Return the SHA-256 of labels, whatever their order and the files they came in."""
    content = "\n".join(json.dumps(to_fields(label), sort_keys=True) for label in canonical(labels))
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def host_of(label: Label) -> str:
    """Return a labelled text without its ads."""
    return remove(label.text, edits_for(label.text, label.spans))


def as_document(label: Label) -> Labelled:
    """Return a label as the recipe has documents."""
    category = label.marks[0].category if label.marks else ""
    return Labelled(label.text, label.spans, "", "", category, "label" if label.marks else "clean")


def make_lesson(labels: Sequence[Label], seed: int) -> Lesson:
    """Make a lesson of labels: the same labels, in any order, and seed make the same one.

    Parameters
    ----------
    labels
        At least one.
    seed
        Seed of all chance.

    Raises
    ------
    SourceError
        If this installation carries no grammars.
    """
    ordered = canonical(labels)
    rng = random.Random(seed)
    hosts = [host for label in ordered if (host := host_of(label)).strip()]
    strings = sorted({quote for label in ordered for quote in label.quotes if quote.strip()})
    documents = [as_document(label) for label in ordered]
    documents += [Labelled(host, (), "", "", "", "clean") for host in hosts]
    if strings and hosts:
        count = min(_MOST_PLACEMENTS, _PLACEMENTS_EACH * len(ordered))
        documents += [_placed(rng.choice(hosts), LabelledAds(strings), rng) for _ in range(count)]
    return Lesson(documents, kept_texts(seed), _named(ordered))


def _named(labels: Sequence[Label]) -> list[tuple[str, Category]]:
    """Return the strings whose category somebody chose; where two did, both stand there.

    Tools, verdicts and `label add` say "other" where nobody chose: that says nothing of a string.
    """
    pairs = {
        (quote, mark.category)
        for label in labels
        for mark, quote in zip(label.marks, label.quotes, strict=True)
        if mark.category != UNNAMED and quote.strip()
    }
    return sorted(pairs)


def _placed(host: str, ads: LabelledAds, rng: random.Random) -> Labelled:
    """Put ads into a passage of a host."""
    lines, wanted = host.split("\n"), rng.choice(_PASSAGE_CHARS)
    first = rng.randrange(len(lines))
    passage = "\n".join(lines[first : first + 8])[:wanted].strip("\n")
    polluted = inject(passage or host[:wanted], ads, rng)
    return Labelled(polluted.text, tuple(polluted.spans), "", "", "", polluted.pattern)


def kept_texts(seed: int) -> list[Labelled]:
    """Make texts of the shipped grammars: ads of known families, and legitimate passages.

    What a benchmark holds out is left out here, too.
    """
    rng = random.Random(seed)
    held_out = HeldOut.read(shipped("held_out.txt"))
    campaigns = [Campaign(family, held_out.allows) for family in load_families(shipped("inventory"))]
    passages = load_passages(shipped("negatives"))

    def mention(_slot: str, _lang: str, rng: random.Random) -> str:
        return rng.choice(campaigns).bare(rng, 0.0)

    texts = [rng.choice(passages).fill(mention, rng) for _ in range(_N_PASSAGES)]
    kept = [Labelled(text, (), "", "", "", "kept") for text in texts]
    for _ in range(_N_ADS):
        campaign = rng.choice(campaigns)
        kept.append(Labelled(campaign.ad(rng), (), "", "", campaign.family.category, "kept"))
    return kept

"""Legitimate passages that look risky: templates that mention, list and quote without being spam."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spamguard.errors import SourceError
from spamguard.learning.grammar import expand

_SPAM_SLOTS = ("spam", "zhspam", "sgspam")
_OPEN, _CLOSE = "\ue000", "\ue001"
# What invented sites end in, in the files and wherever a page was made safe to show. Were it in every passage
# and in no ad, it would tell them apart (EXPERIMENTS.md, 19).
_INVENTED = re.compile(r"\.example\b")
_ENDINGS = (
    "com com com com com org org org org net net edu gov eu info example de fr es it nl pl se fi gr ro cz ru"
    " ua com.tr ac.il ir in id vn th jp kr cn tw co.uk org.uk ac.uk"
).split()
Mention = Callable[[str, str, random.Random], str]


@dataclass(frozen=True)
class Passage:
    """One template of a legitimate passage.

    Attributes
    ----------
    kind
        Such as "mention", "table" or "contacts".
    lang
        Its language.
    template
        Text with slots.
    ingredients
        What the slots draw from.
    """

    kind: str
    lang: str
    template: str = field(repr=False)
    ingredients: Mapping[str, Sequence[str]] = field(repr=False)

    @property
    def mentions(self) -> bool:
        """Whether the passage names spam strings."""
        return any("{" + slot + "}" in self.template for slot in _SPAM_SLOTS) or self.kind == "mention"

    def fill(self, mention: Mention, rng: random.Random) -> str:
        """Return one passage.

        Parameters
        ----------
        mention
            Gives a spam string to be mentioned, for the slot's name and the passage's language.
        rng
            The only source of chance.
        """
        text = self.template
        for slot in _SPAM_SLOTS:
            while "{" + slot + "}" in text:
                text = text.replace("{" + slot + "}", mention(slot, self.lang, rng), 1)
        text = expand(text, self.ingredients, rng).replace(_OPEN, "{").replace(_CLOSE, "}")
        return _INVENTED.sub(lambda _: "." + rng.choice(_ENDINGS), text)


def load_passages(folder: Path) -> list[Passage]:
    """Read every file of passages in a folder, in the order of their names.

    Raises
    ------
    SourceError
        If a file is no TOML, lacks a key or has a slot that nothing fills.
    """
    passages = []
    for path in sorted(folder.glob("*.toml")):
        try:
            fields = tomllib.loads(path.read_text("utf-8"))
            found = [
                Passage(
                    entry["kind"],
                    fields["lang"],
                    entry["text"].strip("\n").replace("{{", _OPEN).replace("}}", _CLOSE),
                    fields.get("ingredients", {}),
                )
                for entry in fields["passages"]
            ]
            for passage in found:
                passage.fill(lambda slot, lang, rng: "x", random.Random(0))
        except (tomllib.TOMLDecodeError, KeyError, SourceError) as error:
            raise SourceError(f"{path.name}: not a file of passages: {error}") from None
        passages += found
    return passages

"""Gathers the ingredients of the recipe from its folder: corpora, grammars, passages, what is held out."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from spamguard.learning.config import Config
from spamguard.learning.corpora import Document, Source, documents
from spamguard.learning.documents import Ingredients
from spamguard.learning.grammar import load_families
from spamguard.learning.held_out import HeldOut
from spamguard.learning.negatives import load_passages

_LEAST_CHARS, _MOST_CHARS = 6, 220
# Of search-spam pages only headings and keyword lines are spam by themselves; their prose is not.
_HEADING_CHARS = 60


def gather(folder: Path, sources: list[Source], config: Config) -> Ingredients:
    """Load everything that documents are made of.

    Parameters
    ----------
    folder
        The recipe's folder, with ``inventory/``, ``negatives/`` and ``held_out.txt``.
    sources
        The corpora.
    config
        For the language weights.

    Raises
    ------
    SourceError
        If a corpus is missing or not the one named, or a grammar is faulty.
    """
    held_out = HeldOut.read(folder / "held_out.txt")
    return Ingredients(
        hosts=[host for host in documents(sources, "host") if held_out.allows_article(host.text)],
        ham=[text for text in documents(sources, "ham", "clean") if held_out.allows_article(text.text)],
        families=load_families(folder / "inventory"),
        real_spam=_real_spam(documents(sources, "spam"), held_out),
        passages=load_passages(folder / "negatives"),
        held_out=held_out,
        language_weight=config.language_weight,
    )


def _real_spam(texts: list[Document], held_out: HeldOut) -> dict[str, list[str]]:
    """Real spam by language: one line each, none that is harmless by its own text."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        line = " ".join(text.text.split())
        if (
            _LEAST_CHARS <= len(line) <= _MOST_CHARS
            and _is_spam_by_itself(text, line)
            and held_out.allows(line)
        ):
            found[text.lang].append(line)
    return dict(found)


def _is_spam_by_itself(text: Document, line: str) -> bool:
    """Whether a line reads as spam without what stood around it."""
    if text.label.startswith("seo_page"):
        return len(line) <= _HEADING_CHARS
    if text.lang == "id":
        # Gambling comments name their brand in styled letters or with digits; the others are small talk.
        return any(ord(c) > 0x2000 for c in line) or any(c.isdigit() for c in line)
    return text.label != "spam_nolink"

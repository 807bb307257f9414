"""Writes the model card: what the model is, what it learnt from, how good it is and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COLUMNS = ("contaminated", "clean", "restored", "recall", "precision", "altered", "lost")
_HEADER = """# Model card: {name}

Trained {trained_at} by `spamguard train --config training/config.toml --out models/default` (seed {seed},
scikit-learn {scikit_learn}, NumPy {numpy}). This card is written by that command; nothing in it is typed by
hand.

## What it is for

Finding commercial spam that somebody injected into news text, so that the text comes back as it was. It works
on plain text in the languages below; others pass with less certainty.

## What it must not be used for

- Judging people, or what they say: it knows nothing of truth, politics, religion or taste. It is **never a
  censor**.
- Filtering e-mail, chat or comments: it learnt what is foreign to an article, not what is unwelcome in a
  conversation.
- Deleting without a trace: keep the edits it returns, they restore the original exactly.

## How good it is

On articles of sources held out from training, with ads newly drawn from the grammars that it learnt from, at
known kinds of placement. *restored*: polluted documents that come back equal to the original, to the byte.
*altered*: clean documents changed at all. *lost*: legitimate characters in reported spans, per million.
Strings of families that the inventory does not know are harder: see training/EXPERIMENTS.md for what the
development benchmark says.

Expected calibration error of `score`: {calibration_error}. Category right on found spans: {category_right}.
"""
_LEFT_OUT = """
**Trained without** {families}, and without the real spam texts, which nobody has sorted into families: it
shows what a model makes of families that it never learnt, and is not meant to serve.
"""
_FOOTER = """
## Where it fails

- A short ad of everyday words in the middle of a sentence of its own language reads like the sentence.
- A mention of an ad's exact words that is neither quoted nor explained looks like an ad.
- An article in a language that it never saw may lose a line that looks foreign to it.
- The tables above name the weakest families, placements and languages; none is left out.

## What it learnt from

No text of these is in the model or the repository; the model holds hashed weights only.

| source | role | licence | origin | SHA-256 |
|---|---|---|---|---|
"""


def _table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Render measures as a table, one group a line."""
    lines = [f"\n### {title}\n", "| | " + " | ".join(_COLUMNS) + " |", "|---|" + "---|" * len(_COLUMNS)]
    for name, row in rows.items():
        cells = ("-" if row[key] is None else str(row[key]) for key in _COLUMNS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def render(manifest: Mapping[str, Any]) -> str:
    """Return the card of a model as Markdown.

    Parameters
    ----------
    manifest
        The model's manifest, with its figures.
    """
    figures = manifest["figures"]
    measured: dict[str, Any] = figures["held_out"]
    card = _HEADER.format(
        **{key: manifest[key] for key in ("name", "trained_at", "seed", "scikit_learn", "numpy")},
        calibration_error=figures["calibration_error"],
        category_right=measured["category_right"],
    )
    if manifest.get("families_left_out"):
        card += _LEFT_OUT.format(families=", ".join(manifest["families_left_out"]))
    card += _table("In all", {"all": measured["all"]})
    for group, title in (
        ("pattern", "By placement"),
        ("lang", "By language of the article"),
        ("family", "By family"),
    ):
        rows = {
            name.removeprefix(f"{group}="): row
            for name, row in measured.items()
            if name.startswith(f"{group}=")
        }
        card += _table(title, dict(sorted(rows.items())))
    card += _FOOTER
    for source in manifest["sources"]:
        cells = [source[key] for key in ("name", "role", "licence", "origin")]
        card += f"| {' | '.join(cells)} | `{source['sha256'][:12]}` |\n"
    return card

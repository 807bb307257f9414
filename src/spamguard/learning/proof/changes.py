"""Every decision that two models take differently, as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spamguard.learning.proof.comparison import Change, Comparison
from spamguard.spans import Interval

CHANGES_NAME = "changes.jsonl"


def worst_first(proof: Mapping[str, Comparison]) -> list[tuple[str, Change]]:
    """Return the changes of all sets with the set's name, those that do most harm first, each text once."""
    seen: dict[str, tuple[str, Change]] = {}
    for name, comparison in proof.items():
        for change in comparison.changes:
            seen.setdefault(change.case.text, (name, change))
    return sorted(seen.values(), key=lambda one: (-one[1].broke, -one[1].harm))


def state_of(change: Change) -> str:
    """Say in words what a change did to a text."""
    return "no longer right" if change.broke else "now right" if change.mended else "changed"


def write_changes(path: Path, proof: Mapping[str, Comparison]) -> None:
    """Write all changes, worst first, one line of JSON each.

    Parameters
    ----------
    path
        The file. It holds whole texts, those of the held-out labels among them: it is for whoever has them.
    proof
        From :func:`spamguard.learning.proof.gate.prove`.
    """
    with path.open("w", encoding="ascii", newline="\n") as lines:
        for name, change in worst_first(proof):
            # Escaped throughout: a text may hold a lone surrogate, which has no UTF-8.
            lines.write(json.dumps(_fields(name, change)) + "\n")


def _fields(name: str, change: Change) -> dict[str, Any]:
    """Return a change as plain values; offsets are code points of the text."""
    text = change.case.text
    removed = (
        _stretches(text, ((span.start, span.end) for span in result.spans))
        for result in (change.before, change.after)
    )
    return {
        "set": name,
        "case": change.case.name,
        "state": state_of(change),
        "harm": change.harm,
        "text": text,
        "spam": _stretches(text, change.case.spans),
        **dict(zip(("base", "candidate"), removed, strict=True)),
    }


def _stretches(text: str, intervals: Iterable[Interval]) -> list[dict[str, Any]]:
    """Return stretches of a text with what they say."""
    return [{"start": start, "end": end, "quote": text[start:end]} for start, end in intervals]

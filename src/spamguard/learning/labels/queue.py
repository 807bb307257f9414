"""Chooses the texts that are worth a person's time: unsure, unlike each other, of large campaigns first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spamguard.cleaner import Guard
from spamguard.errors import InputError
from spamguard.learning.held_out import key
from spamguard.learning.labels.formats import FORMATS
from spamguard.learning.labels.near import Groups, near_pairs
from spamguard.learning.labels.reading import joined
from spamguard.learning.labels.record import Label, Mark
from spamguard.spans import Span

# What the model only suspects counts, too.
_LEAST_SCORE = 0.05
_LONGEST_SHARED = 120
_SHORTEST_SHARED = 4
_CAMPAIGN_WEIGHT = 0.25
_MAX_FILE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Queued:
    """A text that a person should look at.

    Parameters
    ----------
    label
        The text with what the model would mark.
    worth
        Uncertainty, 0 to 1, and a quarter of the binary logarithm of the campaign's size.
    reason
        Why, in words.
    spans
        What the model finds or suspects, each with its score.

    Examples
    --------
    >>> Queued(Label("good"), 0.9, "score 0.55").worth
    0.9
    """

    label: Label
    worth: float
    reason: str
    spans: tuple[Span, ...] = ()


def read_texts(folder: Path) -> Iterator[Label]:
    """Yield the UTF-8 texts of a folder, recursively, in the order of their names; others are passed over.

    The subfolder that a text lies in is its source; of texts that lie in none it is not known.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else [folder]
    for path in paths:
        if path.is_symlink() or path.stat().st_size > _MAX_FILE_BYTES:
            continue
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(folder).as_posix() if folder.is_dir() else path.name
        if text.strip():
            yield Label(text, (), name.partition("/")[0] if "/" in name else "", name, str(path))


def choose(texts: Sequence[Label], guard: Guard, count: int) -> list[Queued]:
    """Choose texts.

    Parameters
    ----------
    texts
        Without marks.
    guard
        Whose doubts count.
    count
        How many to choose at most.

    Returns
    -------
    list of Queued
        The worthiest of each group of texts that share a string or are nearly the same, then the second of
        each, and so on; texts in which nothing is suspected are left out.
    """
    cleaned = guard.clean_many((text.text for text in texts), threshold=_LEAST_SCORE)
    spans = [result.spans for result in cleaned]
    shared = _shared(texts)
    weighed = [_weigh(text, mine, shared) for text, mine in zip(texts, spans, strict=True)]
    groups = Groups(len(texts))
    groups.join_by(_keys(text, mine, shared) for text, mine in zip(texts, spans, strict=True))
    for left, right in near_pairs([text.text for text in texts]):
        groups.join(left, right)
    ranked = sorted((n for n in range(len(texts)) if weighed[n].worth > 0), key=lambda n: -weighed[n].worth)
    turns: Counter[int] = Counter()
    order = []
    for number in ranked:
        group = groups.of(number)
        order.append((turns[group], number))
        turns[group] += 1
    rank = {number: place for place, number in enumerate(ranked)}
    return [weighed[number] for _, number in sorted(order, key=lambda one: (one[0], rank[one[1]]))[:count]]


def _lines(text: Label) -> set[str]:
    """Short lines, folded: what a campaign repeats from text to text."""
    folded = {key(line) for line in text.text.split("\n") if len(line) <= _LONGEST_SHARED}
    return {line for line in folded if len(line) >= _SHORTEST_SHARED}


def _shared(texts: Sequence[Label]) -> dict[str, int]:
    """Return in how many texts each short line stands, for those in several."""
    counts = Counter(line for text in texts for line in _lines(text))
    return {line: count for line, count in counts.items() if count > 1}


def _keys(text: Label, spans: Sequence[Span], shared: dict[str, int]) -> set[str]:
    """Return what makes two texts of one campaign."""
    return {key(span.text) for span in spans} | {line for line in _lines(text) if line in shared}


def _weigh(text: Label, spans: Sequence[Span], shared: dict[str, int]) -> Queued:
    """Say what a look at a text is worth."""
    doubt = max((1 - abs(2 * span.score - 1) for span in spans), default=0.0)
    size = max((shared.get(one, 1) for one in _keys(text, spans, shared)), default=1)
    unsure = min((span.score for span in spans), key=lambda score: abs(score - 0.5), default=None)
    reasons = [] if unsure is None else [f"score {unsure:.2f}"]
    if size > 1:
        reasons.append(f"a string that {size} texts share")
    marks = joined([Mark(span.start, span.end, span.category) for span in spans])
    label = Label(text.text, marks, text.source, text.id, text.place)
    return Queued(label, doubt + _CAMPAIGN_WEIGHT * math.log2(size), ", ".join(reasons), tuple(spans))


def write_queue(chosen: Sequence[Queued], path: Path, format_name: str, model_id: str) -> None:
    """Write chosen texts for a label tool, with what the model would mark as its proposal.

    No file says that a person has judged: read as labels, each is refused until one has.

    Parameters
    ----------
    chosen
        From :func:`choose`.
    path, format_name
        The file, and one of the formats that can be written.
    model_id
        Who proposes.

    Raises
    ------
    InputError
        If nobody judges in files of this format.
    """
    propose = FORMATS[format_name].propose
    if propose is None:
        allowed = ", ".join(name for name, one in FORMATS.items() if one.propose)
        raise InputError(f"no queue is written as {format_name}; write one of {allowed}")
    propose([item.label for item in chosen], path, model_id)

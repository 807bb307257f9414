"""Measures a model on what it never learnt from: held-out sources, clean and polluted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from spamguard.cleaner import Guard
from spamguard.learning.cases import Case
from spamguard.learning.corpora import Document
from spamguard.learning.documents import Ingredients, Labelled, make
from spamguard.learning.evaluation import evaluate
from spamguard.model.detector import Detector
from spamguard.seams import edits_for, remove

GROUPS = ("pattern", "lang", "family")
_KEPT = ("contaminated", "clean", "restored", "recall", "precision", "altered", "lost")


def as_case(number: int, document: Labelled) -> Case:
    """Turn a labelled document into a case: its clean text is what is left without spans and seams."""
    clean = remove(document.text, edits_for(document.text, document.spans))
    groups = {"family": document.family or None, "pattern": document.pattern, "lang": document.lang}
    return Case(
        str(number), document.text, clean, document.spans, {**groups, "category": document.category or None}
    )


def held_out_cases(
    ingredients: Ingredients, tests: Sequence[Document], n_polluted: int, seed: int
) -> list[Case]:
    """Make cases from sources that nothing was trained on.

    Parameters
    ----------
    ingredients
        For the grammars; hosts and other texts are not used.
    tests
        Documents of the held-out sources; each is a clean case.
    n_polluted
        How many of them are polluted besides.
    seed
        Another one than the recipe's, so that the strings are others.

    Returns
    -------
    list of Case
    """
    allowed = [document for document in tests if ingredients.held_out.allows_article(document.text)]
    parts = replace(ingredients, hosts=allowed, ham=[], real_spam={})
    polluted = make(parts, n_polluted, polluted_share=1.0, seed=seed)
    clean = [Labelled(document.text, (), document.lang, "", "", "clean") for document in allowed]
    return [as_case(number, document) for number, document in enumerate([*polluted, *clean])]


def measure(detector: Detector, cases: Sequence[Case]) -> dict[str, Any]:
    """Measure a model.

    Parameters
    ----------
    detector
        The model.
    cases
        As :func:`held_out_cases` makes them.

    Returns
    -------
    dict
        Measures by group ("all", "lang=en", ...), and ``category_right``: the share of found spans, of known
        category, that got it right.
    """
    guard = Guard(detector)
    rows = evaluate(guard.clean_many, cases, by=GROUPS).rows
    figures: dict[str, Any] = {name: {key: row[key] for key in _KEPT} for name, row in rows.items()}
    figures["category_right"] = _category_right(guard, cases)
    return figures


def _category_right(guard: Guard, cases: Sequence[Case]) -> float:
    """Share of found spans that got their family's category."""
    known = [case for case in cases if case.contaminated and case.groups["category"]]
    right = total = 0
    for case, result in zip(known, guard.clean_many(case.text for case in known), strict=True):
        for span in result.spans:
            if any(start < span.end and span.start < end for start, end in case.spans):
                total += 1
                right += span.category == case.groups["category"]
    return round(right / max(total, 1), 4)

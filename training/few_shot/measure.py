"""Measures what a model learns from a few labelled articles of a campaign that it never saw.

    python training/few_shot/measure.py --data ../shared/data --out few_shot.json
    python training/few_shot/measure.py --data ../shared/data --quick

For each family of `families/` articles are polluted with its strings; the model learns from the first 10, 25,
50 and 100, goes as far as the gate lets it, and is measured on other strings of the family in other articles,
on the floor set, which the gate sees, and on articles with ads of families that it knows, which the gate does
not see. With --quick four families learn from 25 and 100.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from joblib import Parallel, delayed

from spamguard.cleaner import Guard
from spamguard.learning.campaign import Campaign
from spamguard.learning.cases import Case
from spamguard.learning.corpora import Document, documents, read_sources
from spamguard.learning.documents import Labelled
from spamguard.learning.evaluation import common, evaluate
from spamguard.learning.figures import as_case
from spamguard.learning.grammar import Family, load_families
from spamguard.learning.held_out import key
from spamguard.learning.injection import inject
from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.proof.comparison import CleansMany, Comparison
from spamguard.learning.proof.gate import floor_cases, prove, refusals
from spamguard.learning.shipped import shipped
from spamguard.learning.threads import one_thread
from spamguard.learning.update.lesson import make_lesson
from spamguard.learning.update.lexical import LexicalUpdate
from spamguard.learning.update.model import ModelUpdate
from spamguard.learning.update.stepping import Remembering, furthest
from spamguard.model.detector import Detector
from spamguard.model.loading import load_detector
from spamguard.spans import Category

HERE = Path(__file__).parent
COUNTS = (10, 25, 50, 100)
QUICK_COUNTS, QUICK_FAMILIES = (25, 100), ("en-dowsing", "es-pulsera", "fi-laina", "zh-petclone")
N_TESTS, N_ELSEWHERE = 80, 500
SIZES = (200, 600, 1200)
HEADS = (
    "campaign", "documents", "before", "after", "restored", "category", "way", "floor set", "elsewhere",
)  # fmt: skip
KEPT = ("restored", "recall", "precision", "altered", "lost")


def hosts(data: Path) -> list[Document]:
    """Articles of the sources that nothing is trained on, in a fixed random order."""
    found = documents(read_sources(HERE.parent / "sources.toml", data), "test")
    chosen = [one for one in found if len(one.text) > 200 and "hardneg" not in one.source]
    random.Random(5).shuffle(chosen)
    return chosen


def polluted(
    family: Family, count: int, pool: list[Document], rng: random.Random, accept: Callable[[str], bool]
) -> list[Labelled]:
    """Pollute articles with strings of a family, some of them in its own language."""
    own = [host for host in pool if host.lang == family.lang] or pool
    made = []
    for _ in range(count):
        host = rng.choice(own if rng.random() < 0.4 else pool)
        lines = host.text[: rng.choice(SIZES)].split("\n")
        text = "\n".join(lines[:-1] if len(lines) > 1 else lines)
        found = inject(text, Campaign(family, accept), rng)
        made.append(
            Labelled(found.text, tuple(found.spans), host.lang, family.name, family.category, found.pattern)
        )
    return made


def as_label(document: Labelled) -> Label:
    """Return a made document as a person would label it."""
    marks = tuple(Mark(start, end, cast(Category, document.category)) for start, end in document.spans)
    return Label(document.text, marks)


def figures(guard: CleansMany, cases: list[Case]) -> dict[str, Any]:
    """Measure a model; of its category, on the spans that it found."""
    with one_thread():
        evaluation = evaluate(guard.clean_many, cases)
    row = evaluation.rows["all"]
    right = [
        span.category == case.groups["category"]
        for case, result in evaluation.outcomes
        for span in result.spans
        if case.groups.get("category") and common(case.spans, [(span.start, span.end)])
    ]
    return {**{name: row[name] for name in KEPT}, "category": round(sum(right) / max(1, len(right)), 4)}


def elsewhere_cases(pool: list[Document]) -> list[Case]:
    """Articles with ads of the shipped inventory, and as many without: what no campaign should change."""
    families, rng = load_families(shipped("inventory")), random.Random("elsewhere")
    made = [one for _ in range(N_ELSEWHERE) for one in polluted(rng.choice(families), 1, pool, rng, bool)]
    made += [Labelled(one.text[:1200], (), one.lang, "", "", "clean") for one in pool[:N_ELSEWHERE]]
    return [as_case(number, document) for number, document in enumerate(made)]


def judge(base: Remembering, detector: Detector) -> tuple[dict[str, Comparison], list[str]]:
    """Ask the gate, without labels held out."""
    proof = prove(base, Guard(detector), [])
    return proof, refusals(proof)


def silently(_: str) -> None:
    """Tell nobody."""


def measure(
    family: Family, pool: list[Document], update: ModelUpdate, counts: Sequence[int]
) -> list[dict[str, Any]]:
    """Let the shipped model learn a family from more and more articles."""
    base, floor, elsewhere = load_detector(), floor_cases(), elsewhere_cases(pool)
    remembering = Remembering(Guard(base))
    half = len(pool) // 2
    labelled = polluted(family, max(counts), pool[:half], random.Random(family.name), lambda _: True)
    rows = []
    for count in counts:
        seen = {key(d.text[start:end]) for d in labelled[:count] for start, end in d.spans}
        rng = random.Random(f"{family.name} test")
        tests = polluted(family, N_TESTS, pool[half:], rng, lambda string, seen=seen: key(string) not in seen)
        cases = [as_case(number, document) for number, document in enumerate(tests)]
        started = time.perf_counter()
        moved = update(base, make_lesson([as_label(document) for document in labelled[:count]], 1))
        seconds = round(time.perf_counter() - started, 1)
        step = furthest(base, moved, partial(judge, remembering), silently)
        after = Guard(step.detector)
        row = {
            "family": family.name, "documents": count, "seconds": seconds,
            "share_of_way": step.share, "refused": list(step.refused),
            "before": figures(Guard(base), cases), "after": figures(after, cases),
            "floor_set": change(remembering, after, floor),
            "elsewhere": change(remembering, after, elsewhere),
        }  # fmt: skip
        print(json.dumps(row), flush=True)
        rows.append(row)
    return rows


def change(base: Remembering, candidate: Guard, cases: list[Case]) -> dict[str, float]:
    """Return by how much the shares of restored and altered cases change."""
    before, after = (figures(one, cases) for one in (base, candidate))
    return {name: round(after[name] - before[name], 4) for name in ("restored", "altered")}


def main() -> None:
    """Measure all families, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, help="file for the figures")
    parser.add_argument("--only", nargs="*", help="names of families")
    parser.add_argument("--quick", action="store_true", help="four families, two counts")
    parser.add_argument("--jobs", type=int, default=2, help="families at a time")
    for knob in ("target", "stiffness", "hold", "slack"):
        parser.add_argument(f"--{knob}", type=float, default=getattr(LexicalUpdate(), knob))
    options = parser.parse_args()
    knobs = {knob: getattr(options, knob) for knob in ("target", "stiffness", "hold", "slack")}
    update, pool = ModelUpdate(replace(LexicalUpdate(), **knobs)), hosts(options.data)
    names = options.only or (QUICK_FAMILIES if options.quick else None)
    families = [one for one in load_families(HERE / "families") if names is None or one.name in names]
    counts = QUICK_COUNTS if options.quick else COUNTS
    found = Parallel(options.jobs)(delayed(measure)(family, pool, update, counts) for family in families)
    rows = [row for mine in found for row in mine]
    print(table(rows))
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    for row in rows:
        after, gate = row["after"], "refused" if row["refused"] else f"{row['share_of_way']:.0%}"
        cells = [row["family"], row["documents"], f"{row['before']['recall']:.2f}", f"{after['recall']:.3f}"]
        cells += [f"{after['restored']:.2f}", f"{after['category']:.2f}", gate]
        cells += [
            f"{row[name]['restored']:+.4f}, {row[name]['altered']:+.4f}"
            for name in ("floor_set", "elsewhere")
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""What the second pass adds in recall, and what it costs in false cuts and in time.

Time is this process's own (CPU seconds), so that a busy machine does not change it much.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import spamguard
from benchmarks.campaigns.corpus import Article, build
from spamguard.campaigns.first_pass import Settings
from spamguard.campaigns.two_pass import two_pass
from spamguard.learning.cases import Case
from spamguard.learning.evaluation import Tally
from spamguard.learning.threads import one_thread
from spamguard.result import CleanResult

N_ROUNDS = 5
MEASURES = ("recall", "precision", "altered", "lost")


def main() -> None:
    """Measure one pass and two on the same corpus, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--which", choices=("measure", "tune"), default="measure")
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--profile", choices=("newsroom", "corpus"), default="newsroom")
    options = parser.parse_args()
    articles = build(options.data, which=options.which, count=options.articles, seed=options.seed)
    describe(articles)
    # A second thread spins while it waits, and its seconds are counted too.
    with one_thread():
        compare(articles, options.profile)


def describe(articles: Sequence[Article]) -> None:
    """Print what the corpus holds."""
    n_bytes = sum(len(one.text.encode("utf-8", "surrogatepass")) for one in articles)
    polluted = [one for one in articles if one.spans]
    others = Counter(one.extra or "plain" for one in articles if not one.spans)
    n_campaigns = len({one.campaign for one in polluted})
    print(
        f"{len(articles):,} articles, {n_bytes / 1e6:.1f} MB; {len(polluted):,} with {n_campaigns} campaigns"
    )
    print("clean: " + ", ".join(f"{number:,} {kind}" for kind, number in others.most_common()))


def compare(articles: Sequence[Article], profile: str) -> None:
    """Clean a corpus in one pass and in two."""
    guard = spamguard.load()
    print(f"model {guard.model_id}")
    texts = [one.text for one in articles]
    list(guard.clean_many(texts[:64], profile=profile))
    spent_s: list[tuple[float, float, float]] = []
    for _ in range(N_ROUNDS):
        once, once_s = timed(lambda: guard.clean_many(texts, profile=profile))
        with tempfile.TemporaryDirectory() as folder:
            started_s = time.process_time()
            second = two_pass(
                guard,
                lambda: ((one.name, one.text) for one in articles),
                Path(folder) / "notebook",
                Settings(profile=profile),
            )
            heard_s = time.process_time() - started_s
            twice, again_s = timed(partial(second.clean_many, texts))
        spent_s.append((once_s, heard_s, again_s))
    once_s, heard_s, again_s = (median(column) for column in zip(*spent_s, strict=True))
    ratios = sorted((heard + again) / alone for alone, heard, again in spent_s)
    print(f"\n| {profile} | {' | '.join(MEASURES)} | CPU s |\n|---|---|---|---|---|---|")
    row("one pass", articles, once, once_s)
    row("two passes", articles, twice, heard_s + again_s)
    print(f"\ntime, medians of {N_ROUNDS} rounds: {median(ratios):.2f} of one pass", end=" ")
    print(f"({heard_s:.1f} s and {again_s:.1f} s; {ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    verdicts = Counter(one.verdict for one in second.campaigns)
    print(f"strings that recur: {verdicts['campaign']} of campaigns, {verdicts['recurring']} left alone")
    by_campaign(articles, once, twice)
    new_cuts(articles, once, twice)


def timed(clean: Callable[[], Iterable[CleanResult]]) -> tuple[list[CleanResult], float]:
    """Return the results and the seconds."""
    started_s = time.process_time()
    results = list(clean())
    return results, time.process_time() - started_s


def tally(articles: Iterable[Article], results: Iterable[CleanResult]) -> dict[str, float | None]:
    """Measure a cleaning."""
    counted = Tally()
    for one, result in zip(articles, results, strict=True):
        counted.add(Case(one.name, one.text, one.text, one.spans), result)
    return counted.measures()


def row(name: str, articles: Sequence[Article], results: Sequence[CleanResult], spent_s: float) -> None:
    """Print a row of the table."""
    measures = tally(articles, results)
    print(f"| {name} | {' | '.join(str(measures[one]) for one in MEASURES)} | {spent_s:.1f} |")


def by_campaign(
    articles: Sequence[Article], once: Sequence[CleanResult], twice: Sequence[CleanResult]
) -> None:
    """Print the recall of each campaign."""
    print("\n| campaign | articles | one pass | two passes |\n|---|---|---|---|")
    for name in sorted({one.campaign for one in articles if one.campaign}):
        chosen = [i for i, one in enumerate(articles) if one.campaign == name]
        recalls = [
            tally([articles[i] for i in chosen], [results[i] for i in chosen])["recall"]
            for results in (once, twice)
        ]
        print(f"| {name} | {len(chosen)} | {recalls[0]} | {recalls[1]} |")


def new_cuts(articles: Sequence[Article], once: Sequence[CleanResult], twice: Sequence[CleanResult]) -> None:
    """Print the strings that only the second pass wrongly took; they are ours or of public corpora."""
    print("\nwrongly taken by the second pass alone:")
    for one, first, second in zip(articles, once, twice, strict=True):
        for span in set(second.spans) - set(first.spans):
            inside = sum(max(0, min(span.end, end) - max(span.start, start)) for start, end in one.spans)
            if inside < span.end - span.start:
                print(
                    f"- {one.extra or 'plain'}: {span.end - span.start - inside} characters of {span.text!r}"
                )


if __name__ == "__main__":
    main()

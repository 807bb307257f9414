"""Measures what wrong labels do: some of them are flipped on purpose.

    python training/few_shot/poison.py --data ../shared/data

Of each family 60 polluted articles and 40 clean ones are labelled, and a share of these labels says the
opposite: what is spam is not, and all else is. Printed: whether the gate refuses, and what happened on the
floor set, to other strings of the campaign in other articles, and to articles without ads.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

from measure import HERE, as_label, figures, hosts, polluted

from spamguard.cleaner import Guard
from spamguard.learning.cases import Case
from spamguard.learning.figures import as_case
from spamguard.learning.grammar import load_families
from spamguard.learning.held_out import key
from spamguard.learning.labels.record import Label, Mark
from spamguard.learning.proof.gate import FLOOR_SET
from spamguard.learning.update.run import learn
from spamguard.model.loading import load_detector
from spamguard.spans import complement

N_POLLUTED, N_CLEAN, N_TESTS = 60, 40, 80
SHARES = (0.0, 0.05, 0.2)
QUICK = ("en-dowsing", "zh-petclone")


def flipped(label: Label) -> Label:
    """Say the opposite of a label."""
    gaps = complement(label.spans, len(label.text))
    return replace(label, marks=tuple(Mark(start, end) for start, end in gaps))


def main() -> None:
    """Measure two families, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--only", nargs="*", default=QUICK, help="names of families")
    options = parser.parse_args()
    pool, base = hosts(options.data), load_detector()
    half = len(pool) // 2
    print("| campaign | flipped | gate | restored elsewhere | altered elsewhere | recall | clean altered |")
    print("|---|---|---|---|---|---|---|")
    for family in load_families(HERE / "families"):
        if family.name not in options.only:
            continue
        rng = random.Random(f"{family.name} poison")
        good = polluted(family, N_POLLUTED, pool[:half], rng, lambda _: True)
        labels = [as_label(document) for document in good]
        labels += [Label(host.text[:1200]) for host in rng.sample(pool[:half], N_CLEAN)]
        seen = {key(quote) for label in labels for quote in label.quotes}
        tests = polluted(family, N_TESTS, pool[half:], rng, lambda string, seen=seen: key(string) not in seen)
        cases = [as_case(number, document) for number, document in enumerate(tests)]
        cases += [
            Case(str(number), host.text[:1200], host.text[:1200])
            for number, host in enumerate(pool[-N_TESTS:])
        ]
        for share in SHARES:
            wrong = set(rng.sample(range(len(labels)), round(share * len(labels))))
            mixed = [flipped(label) if n in wrong else label for n, label in enumerate(labels)]
            candidate = learn(base, mixed)
            floor, after = candidate.proof[FLOOR_SET].figures, figures(Guard(candidate.detector), cases)
            cells = [family.name, f"{share:.0%}", "refuses" if candidate.refused else "open"]
            cells += [f"{floor[name].difference:+.4f}" for name in ("restored", "altered")]
            cells += [f"{after['recall']:.3f}", f"{after['altered']:.3f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

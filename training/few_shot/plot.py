"""Draws what is learnt from how many articles: a thin line for each campaign, a bold one for the mean.

    python training/few_shot/plot.py                        # from the first table of README.md
    python training/few_shot/plot.py --json few_shot.json   # from what measure.py wrote

Needs Matplotlib (`pip install -r benchmarks/requirements.txt`).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "docs" / "images" / "few-shot.svg"
# What was asked for: recall at so many articles.
TARGETS = {25: 0.90, 100: 0.97}
_LINE, _MEAN, _TARGET = "#94a3b8", "#c2410c", "#475569"

Curves = Mapping[str, Mapping[int, float]]


def from_json(path: Path) -> Curves:
    """Read what measure.py wrote; before anything is learnt, each count has the recall of the base."""
    recalls: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in json.loads(path.read_text("utf-8")):
        recalls[row["family"]][0].append(row["before"]["recall"])
        recalls[row["family"]][row["documents"]].append(row["after"]["recall"])
    return {name: {count: mean(found) for count, found in mine.items()} for name, mine in recalls.items()}


def from_readme(path: Path) -> Curves:
    """Read the first table: a campaign, recall before, and after each count of articles."""
    lines = path.read_text("utf-8").split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("| campaign | before |"))
    counts = [0, *map(int, re.findall(r"\d+", lines[start]))]
    curves: dict[str, dict[int, float]] = {}
    for line in lines[start + 2 :]:
        name, *cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if not cells or name.startswith("**"):
            return curves
        curves[name] = dict(zip(counts, (float(cell.split()[0]) for cell in cells), strict=True))
    return curves


def draw(curves: Curves, path: Path) -> None:
    """Draw the picture."""
    import matplotlib

    matplotlib.use("Agg")
    # As in benchmarks/plots.py: text as text and no date, so that files differ only where the figures do.
    matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "spamguard", "font.size": 10}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8.5, 4.2), layout="constrained")
    counts = sorted({count for mine in curves.values() for count in mine})
    for number, mine in enumerate(curves.values()):
        label = "one campaign" if number == 0 else None
        axes.plot(sorted(mine), [mine[count] for count in sorted(mine)], color=_LINE, lw=0.9, label=label)
    means = [mean(mine[count] for mine in curves.values() if count in mine) for count in counts]
    axes.plot(counts, means, color=_MEAN, linewidth=2.8, marker="o", zorder=3, label=f"mean of {len(curves)}")
    axes.scatter(
        list(TARGETS), list(TARGETS.values()), marker="_", s=500, color=_TARGET, zorder=4, label="asked for"
    )
    for count, target in TARGETS.items():
        axes.annotate(f"{target:.2f}", (count, target), (0, -14), textcoords="offset points", ha="center")
    axes.set_title("Recall on other strings of a campaign in other articles", loc="left", fontsize=11)
    axes.set_xlabel("labelled articles")
    axes.set_ylabel("recall")
    axes.set_xticks(counts)
    axes.set_ylim(top=1.01)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def main() -> None:
    """Draw from a table or from a file of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path, help="what measure.py wrote; by default the table of README.md")
    parser.add_argument("--out", type=Path, default=OUT, help="the picture, .svg or .png")
    options = parser.parse_args()
    draw(from_json(options.json) if options.json else from_readme(HERE / "README.md"), options.out)
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()

"""The pictures: quality against speed, cost as the work grows, time by module."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

from benchmarks.tables import Table

_OURS, _OTHERS, _LINE = "#c2410c", "#475569", "#94a3b8"


def draw(tables: Sequence[Table], folder: Path) -> list[str]:
    """Draw what there is to draw; return the names of the files."""
    import matplotlib

    matplotlib.use("Agg")
    # Text as text and no date inside: small files that differ only where the figures do.
    matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "spamguard", "font.size": 10}
    pictures = {"peers": _quality, "sizes": _growth, "shapes": _growth, "stages": _stages}
    drawn = []
    for table in tables:
        if table.name in pictures and table.points:
            pictures[table.name](table, folder / f"{table.name}.svg")
            drawn.append(f"{table.name}.svg")
    return drawn


def _axes(title: str, height: float = 4.2) -> tuple[Any, Any]:
    """Open a picture without a frame."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8.5, height), layout="constrained")
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    return figure, axes


def _save(figure: Any, path: Path) -> None:  # noqa: ANN401  (Matplotlib is loaded late)
    """Write and close a picture."""
    from matplotlib import pyplot

    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _quality(table: Table, path: Path) -> None:
    """Draw the share of restored documents against speed: a dot for new ads, a ring for known ones."""
    figure, axes = _axes("Polluted articles restored to the byte, against speed on one core")
    pairs = list(zip(table.points[::2], table.points[1::2], strict=True))
    for number, ((name, mb_per_s, new), (_, _, known)) in enumerate(pairs):
        ours = name == "spamguard"
        # Many peers lie close together: their names would cover each other, so colours tell them apart.
        colour = _OURS if ours else f"C{number}"
        axes.plot([mb_per_s, mb_per_s], [new, known], color=colour, alpha=0.4, linewidth=1)
        axes.scatter(mb_per_s, known, s=50, facecolors="none", edgecolors=colour, zorder=3)
        axes.scatter(mb_per_s, new, s=80 if ours else 50, color=colour, alpha=0.9, zorder=4, label=name)
    axes.scatter([], [], s=50, color=_OTHERS, label="dot: ads that nobody was told")
    axes.scatter(
        [], [], s=50, facecolors="none", edgecolors=_OTHERS, label="ring: ads that the peers were told"
    )
    figure.legend(frameon=False, loc="outside right upper", fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(x=0.1)
    axes.set_ylim(-0.05, 1.05)
    axes.set_xlabel("MB/s, logarithmic")
    axes.set_ylabel("share restored")
    _save(figure, path)


def _growth(table: Table, path: Path) -> None:
    """Draw the time against the size, with the line of proportion."""
    figure, axes = _axes(f"{table.title}: time as the text grows")
    names = list(dict.fromkeys(name for name, _, _ in table.points))
    for name in names:
        xs, ys = zip(*[(x, y) for label, x, y in table.points if label == name], strict=True)
        axes.plot(xs, ys, marker="o", label=name)
        # Small texts pay a call's fixed cost: in proportion to them, anything would look cheap.
        at = min(range(len(xs)), key=lambda i: abs(log(xs[i])))
        axes.plot(xs, [ys[at] * x / xs[at] for x in xs], color=_LINE, linestyle=":", linewidth=1, zorder=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("MB")
    axes.set_ylabel("seconds")
    axes.plot([], [], color=_LINE, linestyle=":", label="in proportion to the size nearest 1 MB")
    axes.legend(frameon=False)
    _save(figure, path)


def _stages(table: Table, path: Path) -> None:
    """Draw the share of each module."""
    figure, axes = _axes("Where the time goes: share by module", 0.8 + 0.28 * len(table.points))
    names, shares = [point[0] for point in table.points][::-1], [point[1] for point in table.points][::-1]
    bars = axes.barh(names, shares, color=_OTHERS)
    axes.bar_label(bars, [f"{share:.0%}" for share in shares], padding=3)
    axes.grid(visible=False)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    _save(figure, path)

"""Plots as SVG text: plain functions from numbers to a string that any HTML page takes in.

A page that shows them holds :data:`STYLE` once; it follows the reader's light or dark setting. Whatever text
is passed in comes out escaped. Only the standard library is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spamguard.learning.report.drawing import (
    CHAR,
    LEFT,
    RIGHT,
    STYLE,
    TOP,
    Axes,
    Frame,
    Point,
    escape,
    label,
    legend,
    number,
    shortened,
    svg,
    ticks,
    width_of,
    within,
)  # fmt: skip

__all__ = ["STYLE", "Axes", "Bar", "Curve", "Mark", "bar_chart", "histogram", "line_plot", "matrix"]

N_HUES = 3
_BAR, _GAP, _MOST_NAME_WIDTH = 13, 9, 30
_CELL, _CELL_HIGH = 46, 28


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, in their order.

    Parameters
    ----------
    name
        For the legend; empty for a line that needs no name.
    points
        Pairs of x and y.
    dashed
        Whether it is only for reference: dashed, without colour.

    Examples
    --------
    >>> Curve("model", [(0.0, 1.0), (0.9, 0.95)]).dashed
    False
    """

    name: str
    points: Sequence[Point]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with a name beside it.

    Parameters
    ----------
    name
        What stands beside the point; nothing where it is empty.
    x, y
        Where it lies.

    Examples
    --------
    >>> Mark("newsroom", 0.96, 0.99).name
    'newsroom'
    """

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart.

    Parameters
    ----------
    name
        What it is about.
    values
        One number for each series; None where nothing was measured.
    note
        A few words behind the name's values, such as a count.

    Examples
    --------
    >>> Bar("mid_sentence", (0.37, 0.61), "30").values[1]
    0.61
    """

    name: str
    values: Sequence[float | None]
    note: str = ""


def _hues(curves: Sequence[Curve]) -> list[int]:
    """Give each curve a hue from 1 on, and reference lines hue 0."""
    hues, count = [], 0
    for curve in curves:
        count += not curve.dashed
        hues.append(0 if curve.dashed else (count - 1) % N_HUES + 1)
    return hues


def line_plot(
    curves: Sequence[Curve],
    *,
    title: str,
    axes: Axes,
    marks: Sequence[Mark] = (),
    size: tuple[int, int] = (520, 340),
) -> str:
    """Draw curves over two axes, with named points on them.

    Parameters
    ----------
    curves
        At most three with hues of their own, and reference lines.
    title
        Says what is seen.
    axes
        Names and ranges.
    marks
        Points to name.
    size
        Width and height in pixels.

    Returns
    -------
    str
        An ``svg`` element.
    """
    frame, hues = Frame(axes, *size), _hues(curves)
    parts = [*frame.grid(), *legend(((c.name, h) for c, h in zip(curves, hues, strict=True)), size[0])]
    for curve, hue in zip(curves, hues, strict=True):
        places = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in curve.points)
        parts.append(f'<polyline class="curve line-{hue}{" dashed" * curve.dashed}" points="{places}"/>')
    for rank, mark in enumerate(marks):
        x, y, left = frame.x(mark.x), frame.y(mark.y), frame.x(mark.x) > size[0] / 2
        tip = f"{mark.name}: {axes.x} {number(mark.x)}, {axes.y} {number(mark.y)}"
        parts.append(frame.dot((mark.x, mark.y), "fill-0", tip))
        if mark.name:
            named = f"{mark.name} ({number(mark.x)}, {number(mark.y)})"
            place = x + (-10 if left else 10), y + 20 + 17 * rank
            parts.append(label(*place, named, "value halo", "end" if left else "start"))
    return svg(*size, title, parts)


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str,
    series: Sequence[str] = ("",),
    most: float | None = None,
    width: int = 520,
) -> str:
    """Draw bars across, one row for each name, one bar for each series.

    Parameters
    ----------
    bars
        Rows from the top down; none of their values below 0.
    title
        Says what is seen.
    series
        Names of the series, such as ``("before", "after")``; at most three.
    most
        Value of a full bar; by default the greatest there is.
    width
        In pixels; the height follows from the rows.

    Returns
    -------
    str
        An ``svg`` element.
    """
    full = most or max((value for bar in bars for value in bar.values if value is not None), default=0) or 1
    left = 12 + CHAR * min(_MOST_NAME_WIDTH, max((width_of(bar.name) for bar in bars), default=0))
    room = width - left - 16 - CHAR * (7 + max((width_of(bar.note) for bar in bars), default=0))
    row = _BAR * len(series) + _GAP
    parts = list(legend(((name, i + 1) for i, name in enumerate(series)), width))
    for rank, bar in enumerate(bars):
        top = TOP + rank * row
        name = shortened(bar.name, _MOST_NAME_WIDTH)
        middle = top + _BAR * len(series) / 2 + 4
        parts.append(
            f"<g><title>{escape(bar.name)}</title>{label(left - 8, middle, name, 'name', 'end')}</g>"
        )
        for i, value in enumerate(bar.values):
            parts.append(_bar(left, top + i * _BAR, room, value, full, i % N_HUES + 1))
        parts.append(label(width - 4, middle, bar.note, "faint", "end"))
    return svg(width, TOP + row * max(1, len(bars)), title, parts)


def _bar(left: float, top: float, room: float, value: float | None, full: float, hue: int) -> str:
    """Return one bar on its track, its figure behind it."""
    long = room * within(value or 0, (0, full))
    shape = f'y="{top + 1:.1f}" height="{_BAR - 2}" rx="3"'
    return (
        f'<rect class="track" x="{left:.1f}" {shape} width="{room:.1f}"/>'
        f'<rect class="fill-{hue}" x="{left:.1f}" {shape} width="{long:.1f}"/>'
        + label(left + room + 8, top + _BAR - 2, number(value), "value")
    )


def histogram(counts: Sequence[tuple[str, float]], *, title: str, size: tuple[int, int] = (520, 160)) -> str:
    """Draw columns that stand for counts, named below.

    Parameters
    ----------
    counts
        Name and count of each column, from the left.
    title
        Says what is seen.
    size
        Width and height in pixels.

    Returns
    -------
    str
        An ``svg`` element.
    """
    frame = Frame(Axes("", "", y_range=(0, max((count for _, count in counts), default=0) or 1)), *size)
    step = (size[0] - LEFT - RIGHT) / max(1, len(counts))
    bottom, parts = frame.y(0), []
    for value in ticks(*frame.axes.y_range, count=3):
        parts.append(f'<path class="grid" d="M{LEFT} {frame.y(value):.1f}H{size[0] - RIGHT}"/>')
        parts.append(label(LEFT - 8, frame.y(value) + 4, number(value), anchor="end"))
    for i, (name, count) in enumerate(counts):
        x, y = LEFT + i * step, frame.y(count)
        tip = f"<title>{escape(name)}: {number(count)}</title>"
        parts.append(
            f'<rect class="fill-1" x="{x + 1:.1f}" y="{y:.1f}" rx="2" width="{step - 2:.1f}" '
            f'height="{bottom - y:.1f}">{tip}</rect>'
        )
        parts.append(label(x + step / 2, bottom + 16, name, anchor="middle"))
    return svg(*size, title, parts)


def matrix(
    rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], *, title: str
) -> str:
    """Draw counts as a table whose cells are the darker the greater their share of the row.

    Parameters
    ----------
    rows, columns
        Names.
    counts
        One sequence for each row, one count for each column.
    title
        Says what is seen.

    Returns
    -------
    str
        An ``svg`` element.
    """
    left = 14 + CHAR * max(map(width_of, rows), default=0)
    head = TOP + 10 + CHAR * 0.75 * max(map(width_of, columns), default=0)
    parts = []
    for j, name in enumerate(columns):
        x = left + (j + 0.5) * _CELL
        parts.append(f'<text transform="translate({x:.1f} {head - 8:.1f}) rotate(-45)">{escape(name)}</text>')
    for i, (name, line) in enumerate(zip(rows, counts, strict=True)):
        y = head + i * _CELL_HIGH
        parts.append(label(left - 8, y + _CELL_HIGH / 2 + 4, name, "name", "end"))
        for j, count in enumerate(line):
            tip = f"{name} → {columns[j]}: {count}"
            parts.append(_cell(left + j * _CELL, y, count, count / max(1, sum(line)), tip))
    width = left + _CELL * (len(columns) + 1)
    return svg(width, head + len(rows) * _CELL_HIGH + 4, title, parts)


def _cell(x: float, y: float, count: int, share: float, tip: str) -> str:
    """Return one cell; an empty one stays blank."""
    shape = f'x="{x + 1:.1f}" y="{y + 1:.1f}" rx="3" width="{_CELL - 2}" height="{_CELL_HIGH - 2}"'
    filled = ""
    if count:
        filled = f'<rect class="fill-1" {shape} fill-opacity="{0.08 + 0.6 * share:.2f}"/>'
        filled += label(x + _CELL / 2, y + _CELL_HIGH / 2 + 4, number(count), "value", "middle")
    return f'<g><title>{escape(tip)}</title><rect class="track" {shape} fill-opacity=".4"/>{filled}</g>'

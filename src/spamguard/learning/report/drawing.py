"""What every plot is made of: its style, text that is safe and fits, numbers as people read them, axes."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]

# Inks and hues of plots and pages, for light and dark; three hues that colour-blind readers tell apart.
STYLE = """
:root{--surface:#fcfcfb;--page:#f6f5f2;--ink:#1b1b1a;--soft:#52514e;--faint:#85837d;--grid:#e4e3dd;
--hue-1:#2a78d6;--hue-2:#d9622f;--hue-3:#178f68}
@media (prefers-color-scheme:dark){:root{--surface:#1c1c1b;--page:#131312;--ink:#f2f1ee;--soft:#c3c2b7;
--faint:#8f8d86;--grid:#31312f;--hue-1:#4b93ea;--hue-2:#e2743f;--hue-3:#2aa97c}}
svg.plot{max-width:100%;height:auto;display:block;font:12px system-ui,sans-serif}
.plot text{fill:var(--soft)}.plot .value,.plot .name{fill:var(--ink)}.plot .faint{fill:var(--faint)}
.plot .value{font-variant-numeric:tabular-nums}
.plot .halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.plot .grid{stroke:var(--grid);stroke-width:1;fill:none}.plot .track{fill:var(--grid);opacity:.55}
.plot .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.plot .dashed{stroke-dasharray:4 5;stroke-width:1.5}
.plot .dot{stroke:var(--surface);stroke-width:2}
.plot .line-0{stroke:var(--faint)}.plot .line-1{stroke:var(--hue-1)}.plot .line-2{stroke:var(--hue-2)}
.plot .line-3{stroke:var(--hue-3)}
.plot .fill-0{fill:var(--ink)}.plot .fill-1{fill:var(--hue-1)}
.plot .fill-2{fill:var(--hue-2)}.plot .fill-3{fill:var(--hue-3)}
"""
# Control characters and lone surrogates: no encoder or parser takes them all.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 30, 44
# Width of a character of 12 px, about.
CHAR = 6.9


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes say, and from where to where they reach.

    Parameters
    ----------
    x, y
        Names of the axes.
    x_range, y_range
        Least and greatest value shown; what lies beyond is drawn on the border.

    Examples
    --------
    >>> Axes("recall", "precision", y_range=(0.9, 1)).x_range
    (0, 1)
    """

    x: str
    y: str
    x_range: Point = (0, 1)
    y_range: Point = (0, 1)


def escape(text: str) -> str:
    """Escape a text for HTML and SVG; what neither may hold comes out as a question mark in a box.

    Examples
    --------
    >>> escape('<b> & "b"')
    '&lt;b&gt; &amp; &quot;b&quot;'
    """
    return html.escape(_FORBIDDEN.sub("\ufffd", text))


def number(value: float | None) -> str:
    """Return a figure as people read it: three places below 10, groups of thousands above.

    Examples
    --------
    >>> number(0.97), number(12345.6), number(None)
    ('0.97', '12,346', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}".rstrip("0").rstrip(".")


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers within a range, about as many as wanted.

    Examples
    --------
    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    rough = (high - low) / max(1, count)
    if rough <= 0 or not math.isfinite(rough):
        return [low]
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def width_of(text: str) -> int:
    """Return the columns that a text takes, two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened(text: str, most: int) -> str:
    """Return a text cut to so many columns, an ellipsis in place of the rest."""
    if width_of(text) <= most:
        return text
    while text and width_of(text) > most - 1:
        text = text[:-1]
    return text + "…"


def svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """Put a plot together; its title is read aloud and shown above it."""
    head = f'<text class="name" x="0" y="14" font-weight="600">{escape(title)}</text>'
    return (
        f'<svg class="plot" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"{head}{''.join(parts)}</svg>"
    )


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Return a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


class Frame:
    """Maps values to places within the axes."""

    def __init__(self, axes: Axes, width: int, height: int) -> None:
        self.axes, self.width, self.height = axes, width, height
        self._right, self._bottom = width - RIGHT, height - BOTTOM

    def x(self, value: float) -> float:
        """Place of a value across."""
        return LEFT + within(value, self.axes.x_range) * (self._right - LEFT)

    def y(self, value: float) -> float:
        """Place of a value from the top."""
        return self._bottom - within(value, self.axes.y_range) * (self._bottom - TOP)

    def grid(self) -> Iterable[str]:
        """Lines and numbers of both axes, and their names."""
        for value in ticks(*self.axes.y_range):
            y = self.y(value)
            yield f'<path class="grid" d="M{LEFT} {y:.1f}H{self._right}"/>'
            yield label(LEFT - 8, y + 4, number(value), anchor="end")
        for value in ticks(*self.axes.x_range):
            yield label(self.x(value), self._bottom + 18, number(value), anchor="middle")
        yield label(self._right, self.height - 8, f"{self.axes.x} →", "faint", "end")
        yield label(LEFT, self.height - 8, f"↑ {self.axes.y}", "faint")

    def dot(self, point: Point, kind: str, tip: str) -> str:
        """Return a point that says its numbers when pointed at."""
        x, y = self.x(point[0]), self.y(point[1])
        shape = f'class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"'
        return f"<circle {shape}><title>{escape(tip)}</title></circle>"


def within(value: float, bounds: Point) -> float:
    """Share of the way from one bound to the other, 0 to 1."""
    low, high = bounds
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.0


def legend(names: Iterable[tuple[str, int]], right: float) -> Iterable[str]:
    """Name the hues in the upper right corner, where there is more than one to tell apart."""
    named = [(name, hue) for name, hue in names if name]
    for name, hue in reversed(named if len(named) > 1 else []):
        right -= width_of(name) * CHAR
        yield label(right, 14, name)
        yield f'<path class="curve line-{hue}{" dashed" * (hue == 0)}" d="M{right - 22:.1f} 10h16"/>'
        right -= 38

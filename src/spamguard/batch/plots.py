"""Plots as SVG inside a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _ROW, _LABEL, _NUMBER = 520, 26, 190, 60
_HEIGHT, _FOOT = 160, 22
_MAX_LABEL_CHARS = 22


def _short(name: str) -> str:
    """Shorten a name to its end, which tells files apart."""
    return name if len(name) <= _MAX_LABEL_CHARS else f"…{name[-_MAX_LABEL_CHARS:]}"


def bars(rows: Sequence[tuple[str, int]]) -> str:
    """Return horizontal bars, one for each name with its number.

    Examples
    --------
    >>> bars([])
    '<p class="empty">None.</p>'
    >>> bars([("<b>", 3)]).count("&lt;b&gt;")
    2
    """
    if not rows:
        return '<p class="empty">None.</p>'
    most = max(number for _, number in rows)
    room = _WIDTH - _LABEL - _NUMBER
    shown = []
    for at, (name, number) in enumerate(rows):
        y, width = at * _ROW, max(2.0, room * number / most)
        shown.append(
            f"<g><title>{escape(name)}: {number:,}</title>"
            f'<text class="label" x="{_LABEL - 10}" y="{y + 17}" text-anchor="end">'
            f"{escape(_short(name))}</text>"
            f'<rect class="bar" x="{_LABEL}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}" rx="3"/>'
            f'<text class="number" x="{_LABEL + width + 6:.1f}" y="{y + 17}">{number:,}</text></g>'
        )
    return _svg(len(rows) * _ROW, "".join(shown))


def histogram(counts: Sequence[int]) -> str:
    """Return upright bars over the range from 0 to 1.

    Parameters
    ----------
    counts
        How many values fell into each of the equal parts of the range.

    Examples
    --------
    >>> histogram([0, 3]).count("<rect")
    2
    """
    if not any(counts):
        return '<p class="empty">None.</p>'
    most, step = max(counts), _WIDTH / len(counts)
    shown = []
    for at, number in enumerate(counts):
        height = (_HEIGHT - 16) * number / most
        low, high = at / len(counts), (at + 1) / len(counts)
        shown.append(
            f"<g><title>{low:.2f} to {high:.2f}: {number:,}</title>"
            f'<rect class="bar" x="{at * step + 1:.1f}" y="{_HEIGHT - height:.1f}" width="{step - 2:.1f}" '
            f'height="{height:.1f}" rx="2"/></g>'
        )
    marks = "".join(
        f'<text class="label" x="{share * _WIDTH:.0f}" y="{_HEIGHT + 16}" text-anchor="{anchor}">'
        f"{share:g}</text>"
        for share, anchor in ((0, "start"), (0.25, "middle"), (0.5, "middle"), (0.75, "middle"), (1, "end"))
    )
    axis = f'<line class="axis" x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>'
    top = f'<text class="number" x="0" y="12">{most:,} at most</text>'
    return _svg(_HEIGHT + _FOOT, "".join(shown) + axis + marks + top)


def _svg(height: int, content: str) -> str:
    """Return a drawing that is as wide as its place allows."""
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" width="100%">{content}</svg>'

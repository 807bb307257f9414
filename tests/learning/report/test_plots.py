from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.learning.report.plots import (
    STYLE,
    Axes,
    Bar,
    Curve,
    Mark,
    bar_chart,
    histogram,
    line_plot,
    matrix,
)

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(max_size=40)
shares = st.floats(0, 1)


def texts(plot: str) -> list[str]:
    """All texts of a plot; it must be well-formed."""
    return ["".join(one.itertext()) for one in ElementTree.fromstring(plot).iter(f"{SVG}text")]


@given(names, st.lists(st.tuples(shares, shares)), names)
def test_any_curve_and_name_makes_a_well_formed_plot(
    name: str, points: list[tuple[float, float]], mark: str
) -> None:
    axes = Axes(name, name)
    plot = line_plot([Curve(name, points)], title=name, axes=axes, marks=[Mark(mark, 0.5, 0.5)])
    plot.encode()
    assert texts(plot)


@given(st.lists(st.tuples(names, st.none() | st.floats(0, 1e6))))
def test_any_bars_make_a_well_formed_chart(rows: list[tuple[str, float | None]]) -> None:
    chart = bar_chart([Bar(name, (value, value), name) for name, value in rows], title="t", series=("a", "b"))
    assert len(list(ElementTree.fromstring(chart).iter(f"{SVG}rect"))) == 4 * len(rows)


@given(st.lists(st.tuples(names, st.floats(0, 1e9)), max_size=20))
def test_any_counts_make_a_well_formed_histogram(counts: list[tuple[str, float]]) -> None:
    assert texts(histogram(counts, title="t"))


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=2, max_size=2), max_size=5), names)
def test_any_counts_make_a_well_formed_matrix(counts: list[list[int]], name: str) -> None:
    assert texts(matrix([name] * len(counts), [name, "b"], counts, title=name))


def test_markup_in_a_name_is_shown_not_obeyed() -> None:
    chart = bar_chart([Bar("<script>alert(1)</script>", (1,))], title="<b>")
    assert "<script" not in chart
    assert "<script>alert(1)</script>" in texts(chart)


def test_curves_beyond_the_axes_end_at_the_border() -> None:
    plot = line_plot([Curve("", [(-5, 9)])], title="t", axes=Axes("x", "y"), size=(300, 200))
    x, y = next(ElementTree.fromstring(plot).iter(f"{SVG}polyline")).get("points", "").split(",")
    assert 0 < float(x) < 300
    assert 0 < float(y) < 200


def test_a_bar_is_as_long_as_its_share_of_the_full_one() -> None:
    chart = bar_chart([Bar("a", (0.25,)), Bar("b", (None,))], title="t", most=1)
    widths = [float(rect.get("width", "")) for rect in ElementTree.fromstring(chart).iter(f"{SVG}rect")]
    track, quarter, _, nothing = widths
    assert quarter == pytest.approx(track / 4, abs=0.1)
    assert nothing == 0


def test_operating_points_stand_with_their_name_and_numbers() -> None:
    plot = line_plot([], title="t", axes=Axes("recall", "precision"), marks=[Mark("newsroom", 0.96, 0.991)])
    assert "newsroom (0.96, 0.991)" in texts(plot)


def test_one_series_needs_no_legend_and_two_have_one() -> None:
    bars = [Bar("a", (0.1, 0.2))]
    assert "after" in texts(bar_chart(bars, title="t", series=("before", "after")))
    assert "after" not in texts(bar_chart([Bar("a", (0.1,))], title="t", series=("after",)))


def test_every_class_that_a_plot_names_has_a_style() -> None:
    plots = [
        line_plot(
            [Curve("a", []), Curve("", [], True)], title="t", axes=Axes("x", "y"), marks=[Mark("m", 0, 0)]
        ),
        bar_chart([Bar("a", (1, 1, 1))], title="t", series=("a", "b", "c")),
        matrix(["a"], ["b"], [[1]], title="t"),
        histogram([("a", 1)], title="t"),
    ]
    found = {one.get("class") or "" for plot in plots for one in ElementTree.fromstring(plot).iter()}
    kinds = {kind for names in found for kind in names.split()}
    assert kinds == {kind for kind in kinds if f".{kind}" in STYLE}

import re

import numpy as np
import pytest

from rarml.report.scatter import LIMIT, Marked, scatter_plot


def plot(x, y, marked=()):
    return str(scatter_plot(x, y, "in a", "in b", marked, "two models"))


def cells(svg):
    """Drawn squares by the words of their level."""
    return {
        words: path.count("M")
        for words, path in re.findall(r"<g><title>(.*?) genes in one cell</title><path d=\"(.*?)\"", svg)
    }


def test_every_gene_lies_in_one_cell_of_the_right_level():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 4000))
    low, high = np.floor(min(x.min(), y.min())), np.ceil(max(x.max(), y.max()))
    edges = np.linspace(low, high, 51)
    counts = np.histogram2d(x, y, bins=(edges, edges))[0]
    found = cells(plot(x, y))
    assert found["1"] == (counts == 1).sum()
    assert found["2 to 3"] == ((counts >= 2) & (counts < 4)).sum()
    assert sum(found.values()) == (counts > 0).sum()


def test_genes_beyond_the_axis_are_drawn_at_its_edge_and_missing_ones_not_at_all():
    svg = plot([99.0, 0.0, np.nan], [0.0, -99.0, 1.0])
    assert sum(cells(svg).values()) == 2
    assert f">+{LIMIT:.0f}<" in svg
    assert f">−{LIMIT:.0f}<" in svg


def test_marked_genes_lie_where_they_should():
    svg = plot(
        [-2.0, 2.0], [-2.0, 2.0], [Marked("A<b>", 0.0, 2.0, "y", "said of it"), Marked("C", 2.0, 0.0, "x", "and C")]
    )
    (ax, ay), (cx, cy) = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]
    # the middle of the axes is nought: A at the top of the middle, C at the right of it
    assert ax < cx
    assert ay < cy
    assert cx - ax == pytest.approx(cy - ay)
    assert "A&lt;b&gt;" in svg
    assert "said of it" in svg


def test_names_that_would_lie_on_each_other_are_moved_apart():
    marked = [Marked(f"GENE{i}", 1.0, 1.0, "x", "") for i in range(4)]
    places = re.findall(r'y="([\d.]+)" font-size="11.5"', plot([-2.0, 2.0], [-2.0, 2.0], marked))
    gaps = np.diff(sorted(map(float, places)))
    assert (gaps >= 12).all()


def test_a_marked_gene_without_a_place_is_left_out():
    assert "NOWHERE" not in plot([-2.0, 2.0], [-2.0, 2.0], [Marked("NOWHERE", np.nan, 1.0, "x", "")])


def test_no_gene_at_all():
    assert "<svg" in plot([], [])

import pytest

from rarml.report.dot_plot import LEFT, WIDTH, dot_plot
from rarml.report.score_rows import model_views


@pytest.fixture(scope="module")
def view(score_example):
    return model_views(score_example)[0]


def test_positions_are_the_probabilities(view):
    plot = dot_plot(view, top=5)
    assert [name for name, _ in plot.genes] == [row["symbol"] for row in view.rows[:5]]
    for i, row in enumerate(view.rows[:5]):
        for dot, kind in zip(plot.dots[2 * i : 2 * i + 2], ("up", "down"), strict=True):
            seen = [(x - LEFT) / WIDTH for x in (dot.low, dot.x, dot.high)]
            wanted = [row[f"p_{kind}_low"], row[f"p_{kind}"], row[f"p_{kind}_high"]]
            assert seen == pytest.approx(wanted, abs=2e-4)


def test_a_model_without_down_has_one_dot_per_gene(score_example):
    nb4 = model_views(score_example)[3]
    plot = dot_plot(nb4)
    assert len(plot.dots) == len(plot.genes)
    assert [name for name, _, _ in plot.bases] == ["up"]

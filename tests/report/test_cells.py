import pytest

from rarml.report import cells


def _row(p, low, high):
    return {"p_up": p, "p_up_low": low, "p_up_high": high}


def test_probability_cell_says_the_interval_and_escapes_its_signs():
    cell = cells.probability(_row(0.004, 0.001, 0.999), "up", "bu")
    assert "&lt;1 %<small>&lt;1–&gt;99 %</small>" in cell


def test_an_interval_above_99_percent_leaves_the_markup_whole():
    cell = cells.probability(_row(0.999, 0.995, 0.9999), "up")
    assert cell == '<td class="n">&gt;99 %<small>&gt;99–&gt;99 %</small></td>'
    assert cells.probability(_row(0.001, None, None), "up") == '<td class="n">&lt;1 %</td>'


@pytest.mark.parametrize("row", [_row(None, None, None), _row(float("0.5"), None, None)])
def test_cells_without_interval_have_no_bar(row):
    assert "<i" not in cells.probability(row, "up", "bu")


def test_an_interval_over_everything_still_has_a_drawable_bar():
    assert "--w:99" in cells.probability(_row(0.5, 0.0, 1.0), "up", "bu")


def test_unknown_call_words_are_left_to_the_template_to_escape():
    assert cells.call_badge("<b>") == "<b>"
    assert not hasattr(cells.call_badge("<b>"), "__html__")
    assert cells.call_badge(None) == "–"


def test_gain_is_marked_only_where_notable():
    assert cells.gain(0.06, 0.05) == '<td class="n"><b>+6</b></td>'
    assert cells.gain(0.04, 0.05) == '<td class="n">+4</td>'
    assert "–" in cells.gain(None, 0.05)

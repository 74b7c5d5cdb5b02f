import pytest

from rarml.report.heat import heat_cell, heat_rows
from rarml.report.score_rows import model_views


@pytest.mark.parametrize(
    ("up", "down", "call", "side", "arrow"),
    [
        (0.6, 0.2, "candidate up", "u", "▲"),
        (0.4, 0.5, "candidate up", "u", "▲"),
        (0.1, 0.3, "uncertain", "d", "▼"),
        (0.5, 0.4, "candidate, direction unclear", "u", "◆"),
        (0.2, None, None, "u", "▲"),
        (None, None, None, "off", ""),
    ],
)
def test_a_cell_shows_the_direction_of_the_call(up, down, call, side, arrow):
    cell = heat_cell(up, down, call)
    assert (cell.side, cell.arrow) == (side, arrow)
    assert cell.candidate == (call or "").startswith("candidate")


def test_a_gene_that_is_not_judged_has_a_number_but_no_colour():
    cell = heat_cell(0.9, 0.05, "not judged")
    assert cell.quiet
    assert (cell.p, cell.alpha, cell.candidate) == (0.9, 0.0, False)


def test_rows_hold_every_gene_once_by_its_strongest_answer(score_example):
    views = model_views(score_example)
    rows = heat_rows(views)
    strongest = {}
    for view in views:
        for row in view.rows:
            strongest[row["gene_id"]] = max(strongest.get(row["gene_id"], 0), row["p_responsive"])
    assert [row.gene_id for row in rows] == sorted(strongest, key=lambda gene: (-strongest[gene], gene))
    assert all(len(row.cells) == len(views) for row in rows)

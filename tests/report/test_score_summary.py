import pytest

from rarml.report.score_rows import ModelView, model_views
from rarml.report.score_summary import distance, in_several, summarise


def _view(info, rows):
    blank = {"rare_pvalue": None, "rare_tss_distance": None, "measured": "untested", "gain": None}
    ends = {f"p_{name}{end}": None for name in ("up", "down") for end in ("", "_low", "_high")}
    return ModelView(info, "model-1", [{**blank, **ends, **row} for row in rows], None)


@pytest.fixture
def info(score_example):
    return score_example.models[0]


def test_counts_agree_with_the_table(score_example):
    for view in model_views(score_example):
        one = summarise(view)
        candidates = len(one.up) + len(one.down) + len(one.unclear)
        assert candidates + one.unlikely + one.uncertain + one.not_judged == len(view.rows)


def test_gain_evidence_and_measured_are_said_plainly(info):
    up = {"call": "candidate up", "p_up": 0.8, "p_up_low": 0.7, "p_up_high": 0.9, "measured": "up", "gain": 0.2}
    rare = {"rare_pvalue": 3e-6, "rare_type": "DR5", "rare_tss_distance": -53}
    rows = [{"symbol": "RARB", **up, **rare}, {"symbol": "RBP1", **up, "p_up": 0.9, "gain": 0.01, "measured": "down"}]
    one = summarise(_view(info, rows))
    assert one.certainty == "RBP1: P(up) 90 %, 95 % interval 70 % to 90 %"
    assert one.beyond == "Yes for 1 of 2: RARB"
    assert one.evidence == "Called in 1 of 2; best: DR5 of RARB (p = 3.0 × 10⁻⁶, 53 bp upstream of the TSS)"
    assert one.measured == "2 of 2; 1 of these moved as predicted"


def test_nothing_found_is_said_too(info):
    one = summarise(_view(info, [{"symbol": "ACTB", "call": "unlikely"}]))
    assert (one.certainty, one.beyond, one.evidence, one.measured) == ("", "", "", "")
    one = summarise(_view(info, [{"symbol": "A", "call": "candidate down", "p_down": 0.4, "gain": 0.0}]))
    assert one.beyond == "Not notably, for any of 1"
    assert one.evidence == "None called in 1"
    assert one.certainty == "A: P(down) 40 %"


def test_opposite_directions_are_not_the_same_response(info):
    first = summarise(_view(info, [{"symbol": "A", "call": "candidate up"}, {"symbol": "B", "call": "candidate up"}]))
    second = summarise(
        _view(info, [{"symbol": "A", "call": "candidate down"}, {"symbol": "B", "call": "candidate up"}])
    )
    assert in_several([first, second]) == [("B ▲", 2)]


def test_distance():
    assert [distance(x) for x in (0, -1200, 35)] == [
        "at the TSS",
        "1,200 bp upstream of the TSS",
        "35 bp downstream of the TSS",
    ]

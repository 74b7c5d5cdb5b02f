"""Predictions moved to other shares of responsive genes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rarml.core.errors import InputError
from rarml.workflows.prevalence import at_prevalence, expected_shares, parse_prevalence

OLD = {"up": 0.1, "down": 0.05, "unresponsive": 0.85}
NEW = {"up": 0.02, "down": 0.05, "unresponsive": 0.93}
CLASSES = list(OLD)


def predictions(seed=0, n=40, classes=CLASSES):
    rng = np.random.default_rng(seed)
    table = {}
    proba, covariates = rng.dirichlet(np.ones(len(classes)), n), rng.dirichlet(np.ones(len(classes)), n)
    for c, name in enumerate(classes):
        p = proba[:, c]
        table |= {f"p_{name}": p, f"p_{name}_low": p * rng.uniform(size=n), f"p_{name}_high": p + (1 - p) / 3}
        table |= {f"covariates_{name}": covariates[:, c], f"conformal_{name}": rng.uniform(size=n)}
    table |= {"gain": table["covariates_unresponsive"] - table["p_unresponsive"], "domain": rng.uniform(size=n)}
    return pd.DataFrame(table, index=[f"g{i}" for i in range(n)]).astype(np.float32)


def test_text_to_shares():
    assert parse_prevalence("up=0.05, down = 0.03") == {"up": 0.05, "down": 0.03}
    assert parse_prevalence("down=1e-3") == {"down": 0.001}


@pytest.mark.parametrize(
    "text", ["", "up", "up=", "up=0", "up=1", "up=nan", "up=-0.1", "up=5%", "sideways=0.1", "up=.1,up=.2", "up=.1,"]
)
def test_what_is_no_share_is_named(text):
    with pytest.raises(InputError, match="is not a share of up or down genes"):
        parse_prevalence(text)


def test_shares_leave_something_for_unresponsive_genes():
    with pytest.raises(InputError, match="the shares sum to 1.1"):
        parse_prevalence("up=0.6,down=0.5")
    with pytest.raises(InputError, match="with the model's own shares they sum to 1.04"):
        expected_shares(OLD, {"up": 0.99})


def test_what_was_not_asked_for_keeps_its_share():
    assert expected_shares(OLD, {}) == OLD
    assert expected_shares(OLD, {"up": 0.02}) == pytest.approx(NEW)
    assert expected_shares({"up": 0.3, "unresponsive": 0.7}, {"down": 0.2}) == {"up": 0.3, "unresponsive": 0.7}
    assert expected_shares({"up": 0.3, "unresponsive": 0.7}, {"up": 0.1, "down": 0.2})["unresponsive"] == 0.9


def test_by_bayes_rule():
    table = predictions()
    moved = at_prevalence(table, OLD, NEW)
    for gene in table.index[:5]:
        weighed = {name: table.loc[gene, f"p_{name}"] / OLD[name] * NEW[name] for name in CLASSES}
        for name in CLASSES:
            assert moved.loc[gene, f"p_{name}"] == pytest.approx(weighed[name] / sum(weighed.values()), rel=1e-4)
    np.testing.assert_allclose(moved["gain"], moved["covariates_unresponsive"] - moved["p_unresponsive"], atol=1e-6)


@given(st.integers(0, 10_000), st.floats(0.001, 0.6), st.floats(0.001, 0.39))
def test_ends_stay_on_their_side_and_the_way_back_is_the_way_there(seed, up, down):
    table = predictions(seed, n=5)
    there = {"up": up, "down": down, "unresponsive": 1 - up - down}
    moved = at_prevalence(table, OLD, there)
    for name in CLASSES:
        assert (moved[f"p_{name}_low"] <= moved[f"p_{name}"] + 1e-6).all()
        assert (moved[f"p_{name}"] <= moved[f"p_{name}_high"] + 1e-6).all()
        assert moved[f"p_{name}"].between(0, 1).all()
    np.testing.assert_allclose(moved[[f"p_{name}" for name in CLASSES]].sum(axis=1), 1, atol=1e-5)
    pd.testing.assert_frame_equal(at_prevalence(moved, there, OLD), table, atol=2e-3, rtol=2e-2)


def test_prediction_sets_and_domain_do_not_move():
    table = predictions()
    moved = at_prevalence(table, OLD, NEW)
    kept = ["domain", *(f"conformal_{name}" for name in CLASSES)]
    pd.testing.assert_frame_equal(moved[kept], table[kept])
    assert moved.columns.tolist() == table.columns.tolist()
    assert (moved["p_up"] < table["p_up"]).all()


def test_certain_genes_stay_certain():
    table = predictions()
    table.loc["g0", ["p_up", "p_down", "p_unresponsive"]] = [1.0, 0.0, 0.0]
    table.loc["g0", ["p_up_low", "p_up_high", "p_down_low", "p_down_high"]] = [0.5, 1.0, 0.0, 0.2]
    moved = at_prevalence(table, OLD, NEW).loc["g0"]
    assert moved["p_up"] == 1
    assert np.isfinite(moved.to_numpy()).all()
    assert moved["p_up_low"] < 1

import numpy as np
import pandas as pd
import pytest

from rarml.evaluation.matched import matched_covariates, matched_table, stand_in_level

CLASSES = ("up", "down", "unresponsive")


def make(n=3000, beyond=0.0, seed=0):
    """Genes whose response follows expression and GC, and by `beyond` also a signal that matching cannot see."""
    rng = np.random.default_rng(seed)
    genes = pd.Index([f"g{i:04d}" for i in range(n)])
    island = rng.integers(0, 2, n)
    features = pd.DataFrame(
        {
            "expression:level:MCF7": rng.normal(3, 1, n),
            "expression:mean": rng.normal(3, 1, n),
            "expression:sd": rng.gamma(2, 0.5, n),
            "composition:gc": rng.normal(0.5, 0.05, n) + 0.1 * island,
            "composition:cpg_oe": rng.normal(0.4, 0.1, n) + 0.3 * island,
            "composition:cpg_island": island.astype(float),
        },
        index=genes,
    )
    covariate = (features["expression:level:MCF7"] - 3) * 1.5 + island
    hidden = rng.normal(size=n)
    z = covariate + beyond * hidden + rng.logistic(size=n)
    up = z > np.quantile(z, 0.88)
    status = pd.Series(np.where(up, "up", np.where(rng.uniform(size=n) < 0.08, "down", "unresponsive")), index=genes)
    groups = pd.Series(genes, index=genes).str[:4].astype(str) + (np.arange(n) % 3).astype(str)
    return features, status, groups, covariate, hidden


def proba(score, index):
    up = 1 / (1 + np.exp(-np.asarray(score)))
    table = pd.DataFrame({"p_up": up, "p_down": 0.3 * (1 - up), "p_unresponsive": 0.7 * (1 - up)}, index=index)
    return table


@pytest.fixture(scope="module")
def planted():
    features, status, groups, covariate, hidden = make(beyond=1.5)
    models = {
        "model": proba(covariate + 1.5 * hidden, status.index),
        "covariates": proba(covariate, status.index),
    }
    table = matched_table(models, status, matched_covariates(features, ["MCF7"]), groups, seed=3, n_bootstrap=200)
    return table.set_index(["task", "predictor"])


def test_a_signal_beyond_the_covariates_is_found_within_pairs(planted):
    model = planted.loc[("up v unresponsive", "model")]
    assert model["low"] > 0.7
    assert np.isnan(model["gain"])
    rival = planted.loc[("up v unresponsive", "covariates")]
    assert rival["gain_low"] > 0.1
    assert rival["gain"] == pytest.approx(model["value"] - rival["value"])


def test_a_signal_that_is_covariates_alone_is_not():
    features, status, groups, covariate, _ = make(beyond=0.0)
    score = proba(covariate, status.index)
    outside = status.isin(["up", "unresponsive"])
    from sklearn.metrics import roc_auc_score

    assert roc_auc_score(status[outside] == "up", covariate[outside]) > 0.8
    table = matched_table(
        {"model": score, "covariates": score},
        status,
        matched_covariates(features, ["MCF7"]),
        groups,
        seed=3,
        n_bootstrap=200,
    ).set_index(["task", "predictor"])
    found = table.loc[("up v unresponsive", "model")]
    assert found["low"] < 0.56
    assert found["imbalance"] < 0.1 < found["imbalance_before"]
    assert table.loc[("up v unresponsive", "covariates"), "gain"] == 0


def test_every_responsive_gene_is_counted_and_pairs_are_of_one_class(planted):
    _, status, _, _, _ = make(beyond=1.5)
    for task, case in (("up v unresponsive", "up"), ("down v unresponsive", "down"), ("up v down", "up")):
        row = planted.loc[(task, "model")]
        assert row["pairs"] + row["unmatched"] == (status == case).sum()
    assert planted.loc[("up v down", "model"), "pairs"] <= (status == "down").sum()
    assert "responsive v unresponsive" not in planted.index.get_level_values("task")


def test_genes_of_another_promoter_class_are_never_partners():
    from rarml.evaluation.matching import MATCHED, matched_pairs

    features, status, *_ = make()
    covariates = matched_covariates(features, ["MCF7"])
    used = status[status != "down"]
    pairs = matched_pairs(covariates, used == "up")
    pairs = pairs[pairs["outcome"] == MATCHED]
    island = features["composition:cpg_island"]
    np.testing.assert_array_equal(island[pairs["case"]].to_numpy(), island[pairs["control"]].to_numpy())


def test_too_few_pairs_have_no_values():
    features, status, groups, covariate, _ = make(400)
    few = pd.concat([status[status == "up"].iloc[:6], status[status == "unresponsive"]])
    score = proba(covariate, status.index)[["p_up", "p_unresponsive"]]
    table = matched_table({"model": score}, few, matched_covariates(features, []), groups, seed=0, n_bootstrap=5)
    assert len(table) == 1
    assert table["pairs"].iloc[0] <= 6
    assert table[["value", "low", "high"]].isna().all(axis=None)


def test_the_level_is_that_of_the_stand_in_where_there_is_one():
    features, *_ = make(50)
    assert (stand_in_level(features, ["MCF7"]) == features["expression:level:MCF7"]).all()
    assert (stand_in_level(features, []) == features["expression:mean"]).all()
    assert stand_in_level(features[["composition:gc"]], ["MCF7"]) is None
    older = features.drop(columns="composition:cpg_island").assign(**{"composition:promoter_class": 1.0})
    assert list(matched_covariates(older, []).columns)[-1] == "promoter class"

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from rarml.evaluation.by_level import DECILES, by_level, joined_bins
from rarml.evaluation.tasks import task_scores


@pytest.fixture(scope="module")
def level(status):
    return pd.Series(np.random.default_rng(8).gamma(2, 1.5, len(status)), index=status.index)


def test_bins_partition_the_genes_and_agree_with_sklearn(predict, status, groups, level):
    model, base = predict(1.5, 1), predict(0.5, 2)
    table = by_level(model, base, status, level, groups, seed=1, n_bootstrap=50)
    assert table["n"].sum() == len(status)
    assert table["n_positive"].sum() == (status != "unresponsive").sum()
    assert (table["to_level"].to_numpy()[:-1] <= table["from_level"].to_numpy()[1:]).all()
    row = table.iloc[0]
    inside = level[(level >= row["from_level"]) & (level <= row["to_level"])].index
    _, truth, score = task_scores("responsive v unresponsive", model.loc[inside], status)
    assert row["value"] == pytest.approx(roc_auc_score(truth, score))
    assert row["gain"] == pytest.approx(row["value"] - row["baseline"])
    assert row["gain_low"] <= row["gain"] <= row["gain_high"]


def test_a_score_that_is_the_level_itself_is_worth_little_within_deciles(status, groups):
    rng = np.random.default_rng(2)
    n = 4000
    genes = pd.Index([f"x{i}" for i in range(n)])
    level = pd.Series(rng.normal(size=n), index=genes)
    up = rng.uniform(size=n) < 1 / (1 + np.exp(-3 * level))
    truth = pd.Series(np.where(up, "up", "unresponsive"), index=genes)
    p = 1 / (1 + np.exp(-level))
    proba = pd.DataFrame({"p_up": p, "p_unresponsive": 1 - p})
    table = by_level(proba, proba, truth, level, pd.Series(genes, index=genes), seed=0, n_bootstrap=20)
    assert roc_auc_score(up, level) > 0.85
    assert table["value"].iloc[1:-1].max() < 0.75
    assert (table["gain"] == 0).all()
    assert set(table["task"]) == {"up v unresponsive"}


def test_thin_deciles_are_joined_and_a_remainder_goes_down():
    bins = np.repeat(np.arange(DECILES), 20)
    truth = np.zeros(200, dtype=bool)
    truth[:10] = truth[40:45] = truth[60:65] = truth[190:193] = True
    assert joined_bins(bins, truth) == [(0, 0), (1, 9)]
    assert joined_bins(bins, truth, least=3) == [(0, 0), (1, 2), (3, 3), (4, 9)]
    assert joined_bins(bins, np.zeros(200, dtype=bool)) == []
    for runs in (joined_bins(bins, truth, least=3), joined_bins(bins, truth)):
        assert [first for first, _ in runs][1:] == [last + 1 for _, last in runs][:-1]


def test_genes_without_a_level_are_left_out(predict, status, groups, level):
    known = level.copy()
    known.iloc[:100] = np.nan
    table = by_level(predict(1.0, 1), predict(1.0, 2), status, known, groups, seed=1, n_bootstrap=5)
    assert table["n"].sum() == len(status) - 100
    assert by_level(predict(1.0, 1), predict(1.0, 2), status, known * np.nan, groups, seed=1, n_bootstrap=5).empty

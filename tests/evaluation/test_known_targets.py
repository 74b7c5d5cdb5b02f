import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import odds_ratio
from sklearn.metrics import roc_auc_score

from rarml.evaluation.known_targets import COLUMNS, Ranking, known_target_row


@pytest.fixture(scope="module")
def planted():
    """600 genes of which the 40 listed score higher; covariates know nothing."""
    rng = np.random.default_rng(5)
    genes = pd.Index([f"g{i:03d}" for i in range(600)])
    listed = genes[:40]
    score = pd.Series(rng.normal(size=600) + 2 * genes.isin(listed), index=genes)
    noise = pd.Series(rng.normal(size=600), index=genes)
    return Ranking(score, noise, score > 1.5), listed


def judge(ranking, listed, **changed):
    groups = pd.Series(np.arange(600) // 2, index=[f"g{i:03d}" for i in range(600)]).astype(str)
    return known_target_row(ranking, listed, changed.get("groups", groups), n_bootstrap=200, seed=7)


def test_counts_ratio_and_ranking_against_scipy_and_sklearn(planted):
    ranking, listed = planted
    outside = pd.Index([*listed, "not eligible"])
    row = judge(ranking, outside)
    assert tuple(row) == COLUMNS
    truth = ranking.score.index.isin(listed)
    called = ranking.called.to_numpy()
    table = [[(truth & called).sum(), (truth & ~called).sum()], [(~truth & called).sum(), (~truth & ~called).sum()]]
    expected = odds_ratio(table)
    ends = expected.confidence_interval(0.95)
    assert (row["listed"], row["eligible"], row["n"]) == (41, 40, 600)
    assert (row["called"], row["called_of_all"]) == (table[0][0], called.sum())
    assert (row["odds_ratio"], row["low"], row["high"]) == pytest.approx((expected.statistic, ends.low, ends.high))
    assert row["auroc"] == pytest.approx(roc_auc_score(truth, ranking.score))
    assert row["covariates"] == pytest.approx(roc_auc_score(truth, ranking.covariates))
    assert row["over_covariates"] == pytest.approx(row["auroc"] - row["covariates"])
    assert row["auroc_low"] < row["auroc"] < row["auroc_high"]
    assert row["over_low"] > 0.1


def test_a_list_drawn_at_random_is_not_enriched(planted):
    ranking, _ = planted
    drawn = pd.Index(np.random.default_rng(1).choice(ranking.score.index[40:], 40, replace=False))
    ranking = Ranking(*(column.iloc[40:] for column in (ranking.score, ranking.covariates, ranking.called)))
    row = judge(ranking, drawn, groups=pd.Series(dtype=object))
    assert row["low"] < 1 < row["high"]
    assert row["auroc_low"] < 0.5 < row["auroc_high"]


def test_the_order_of_genes_does_not_matter(planted):
    ranking, listed = planted
    shuffled = Ranking(*(c.sample(frac=1, random_state=3) for c in (ranking.score, ranking.covariates, ranking.called)))
    assert judge(ranking, listed) == judge(shuffled, listed[::-1])


def test_a_list_without_an_eligible_gene_has_nothing_to_compare(planted):
    row = judge(planted[0], pd.Index(["elsewhere"]))
    assert (row["listed"], row["eligible"], row["called"]) == (1, 0, 0)
    assert np.isnan([row["odds_ratio"], row["auroc"], row["over_covariates"]]).all()

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from rarml.core.errors import InputError
from rarml.evaluation.positive_unlabelled import DEPTHS, SHARES, corrected_auroc, recall_metric, unlabelled_table


def simulate(n=60_000, responsive=0.1, listed=0.3, seed=0):
    """Responsive genes of which a random share is listed; the truth is known."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(size=n) < responsive
    score = rng.normal(size=n) + 1.2 * truth
    on_list = truth & (rng.uniform(size=n) < listed)
    return truth, on_list, score


@pytest.mark.parametrize(("responsive", "listed"), [(0.02, 0.5), (0.1, 0.3), (0.4, 0.1)])
def test_the_true_auroc_is_recovered_when_the_share_is_known(responsive, listed):
    truth, on_list, score = simulate(responsive=responsive, listed=listed)
    measured, true = roc_auc_score(on_list, score), roc_auc_score(truth, score)
    share = truth[~on_list].mean()
    assert corrected_auroc(measured, share) == pytest.approx(true, abs=0.012)
    assert measured < true
    assert abs(measured - true) > abs(corrected_auroc(measured, share) - true)


def test_recall_of_listed_genes_is_that_of_all_responsive_ones():
    truth, on_list, score = simulate()
    recall = recall_metric(5000)
    assert recall(on_list, score) == pytest.approx(recall(truth, score), abs=0.03)
    top = np.argsort(-score)[:5000]
    assert recall(truth, score) == pytest.approx(truth[top].sum() / truth.sum())


def test_lists_that_favour_some_genes_break_it():
    """The stated limit: where high scores are likelier to be listed, the corrected AUROC is too high."""
    rng = np.random.default_rng(3)
    truth, _, score = simulate()
    biased = truth & (rng.uniform(size=len(truth)) < 1 / (1 + np.exp(-3 * (score - 2.5))))
    corrected = (roc_auc_score(biased, score) - truth[~biased].mean() / 2) / (1 - truth[~biased].mean())
    assert corrected > roc_auc_score(truth, score) + 0.05


def test_a_share_that_no_ranking_can_have_is_said():
    assert corrected_auroc(0.9, 0.0) == 0.9
    assert corrected_auroc(0.9, 0.2) == pytest.approx(1.0)
    assert np.isnan(corrected_auroc(0.9, 0.25))
    assert corrected_auroc(0.5, 0.4) == pytest.approx(0.5)
    for wrong in (-0.1, 1.0, 2.0):
        with pytest.raises(InputError, match="has no meaning"):
            corrected_auroc(0.8, wrong)


def test_the_table_covers_shares_and_depths():
    _, on_list, score = simulate(n=3000)
    genes = pd.Index([f"g{i:04d}" for i in range(3000)])
    p = pd.Series(1 / (1 + np.exp(-score)), index=genes)
    status = pd.Series(np.where(on_list, "up", "unresponsive"), index=genes)
    table = unlabelled_table(
        pd.DataFrame({"p_up": p, "p_unresponsive": 1 - p}),
        status,
        pd.Series(genes, index=genes),
        seed=1,
        n_bootstrap=100,
    )
    auroc = table[table["quantity"] == "auroc"]
    assert tuple(auroc["assumed_share"]) == SHARES
    assert auroc["value"].iloc[0] == pytest.approx(roc_auc_score(on_list, score))
    assert auroc["value"].is_monotonic_increasing
    assert ((auroc["low"] < auroc["value"]) & (auroc["value"] < auroc["high"])).all()
    recall = table[table["quantity"] == "recall"]
    assert tuple(recall["depth"]) == DEPTHS
    np.testing.assert_allclose(recall["chance"], recall["depth"] / 3000)
    assert (recall["low"] > recall["chance"]).all()
    assert (table["n_listed"] == on_list.sum()).all()


def test_an_impossible_share_has_no_value():
    genes = pd.Index([f"g{i}" for i in range(200)])
    status = pd.Series(["up"] * 20 + ["unresponsive"] * 180, index=genes)
    p = pd.Series(np.linspace(1, 0, 200), index=genes)
    table = unlabelled_table(
        pd.DataFrame({"p_up": p, "p_unresponsive": 1 - p}), status, pd.Series(genes, genes), seed=0, n_bootstrap=20
    ).set_index("assumed_share")
    assert table.loc[0.0, "value"] == 1.0
    assert table.loc[[0.01, 0.2], ["value", "low", "high"]].isna().all(axis=None)

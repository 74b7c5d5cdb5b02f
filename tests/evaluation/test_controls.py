import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from rarml.evaluation.controls import (
    direction_control,
    leak_gap,
    permutation_control,
    permuted_by_groups,
    within_folds_auroc,
)
from rarml.evaluation.metrics import AUROC

CLASSES = ("up", "down", "unresponsive")


@pytest.fixture(scope="module")
def folds(status):
    return pd.Series(np.random.default_rng(5).integers(0, 3, len(status)), index=status.index)


@pytest.fixture(scope="module")
def twins():
    """Genes in pairs of alike features and one label, the two of a pair in different folds."""
    rng = np.random.default_rng(6)
    n = 900
    genes = pd.Index([f"t{i:04d}" for i in range(n)])
    pair = np.arange(n) // 2
    status = pd.Series(rng.choice(CLASSES, n // 2, p=[0.2, 0.2, 0.6])[pair], index=genes)
    features = pd.DataFrame(rng.normal(size=(n // 2, 3))[pair], index=genes)
    folds = pd.Series(np.arange(n) % 2, index=genes)
    return status, features, folds, pd.Series(pair.astype(str), index=genes)


def by_neighbours(status, features, folds, kin=None):
    """A pipeline: class shares of the five nearest genes of the other fold, relatives left out if `kin` is given."""
    values = features.loc[status.index].to_numpy()
    apart = cdist(values, values)
    for hidden in (folds, kin):
        if hidden is not None:
            own = hidden.loc[status.index].to_numpy()
            apart[own[:, None] == own] = np.inf
    near = np.argsort(apart, axis=1, kind="stable")[:, :5]
    shares = {f"p_{name}": (status == name).to_numpy()[near].mean(axis=1) * 0.9 + 0.1 / 3 for name in CLASSES}
    return pd.DataFrame(shares, index=status.index)


def test_a_pipeline_that_sees_relatives_is_caught_and_an_honest_one_is_not(twins):
    status, features, folds, groups = twins
    asked = {"seed": 1, "n_bootstrap": 100}
    leaky = permutation_control(lambda y: by_neighbours(y, features, folds), status, folds, groups, **asked)
    honest = permutation_control(lambda y: by_neighbours(y, features, folds, groups), status, folds, groups, **asked)
    assert (leaky["low"] > 0.55).all()
    assert set(leaky["verdict"]) == {"leak: not at chance"}
    assert set(honest["verdict"]) == {"as it should be"}
    assert ((honest["low"] <= 0.5) & (honest["high"] >= 0.5)).all()


def test_a_pipeline_that_peeks_at_the_labels_it_is_given_is_caught(twins):
    status, _, folds, groups = twins
    rng = np.random.default_rng(0)

    def peeks(y):
        table = pd.DataFrame({f"p_{name}": (y == name) * 0.2 for name in CLASSES}) + rng.uniform(
            0.1, 0.6, (len(y), len(CLASSES))
        )
        return table.div(table.sum(axis=1), axis=0)

    found = permutation_control(peeks, status, folds, groups, seed=2, n_bootstrap=100)
    assert set(found["verdict"]) == {"leak: not at chance"}


def test_a_permutation_keeps_counts_and_runs_and_breaks_the_tie_to_genes(twins):
    status, _, _, groups = twins
    dealt = permuted_by_groups(status, groups, seed=3)
    assert dealt.value_counts().to_dict() == status.value_counts().to_dict()
    assert (dealt.groupby(groups).nunique() == 1).all()  # pairs stay pairs
    agree = (dealt == status).mean()
    assert agree == pytest.approx((status.value_counts(normalize=True) ** 2).sum(), abs=0.06)
    pd.testing.assert_series_equal(
        dealt, permuted_by_groups(status.sample(frac=1, random_state=1), groups, seed=3).loc[status.index]
    )
    assert not dealt.equals(permuted_by_groups(status, groups, seed=4))


def test_the_size_of_a_group_says_nothing_after_a_permutation():
    rng = np.random.default_rng(1)
    size = np.repeat([1, 4], [2000, 500])
    groups = pd.Series(np.repeat(np.arange(len(size)), size).astype(str))
    large = np.repeat(size, size) > 1
    status = pd.Series(np.where(rng.uniform(size=len(groups)) < np.where(large, 0.05, 0.4), "up", "unresponsive"))
    assert roc_auc_score(status == "up", ~large) > 0.7
    dealt = [roc_auc_score(permuted_by_groups(status, groups, seed=k) == "up", ~large) for k in range(20)]
    assert np.mean(dealt) == pytest.approx(0.5, abs=0.015)


def test_within_folds_auroc_is_the_mean_over_pairs_of_a_fold(status, folds):
    rng = np.random.default_rng(3)
    truth = (status == "up").to_numpy()
    score = rng.integers(-20, 20, size=len(truth)) + 10.0 * truth
    metric = within_folds_auroc(folds.to_numpy())
    right = pairs = 0.0
    for fold in range(3):
        inside = (folds == fold).to_numpy()
        own = truth[inside].sum() * (~truth[inside]).sum()
        right += own * roc_auc_score(truth[inside], score[inside])
        pairs += own
    assert metric(truth, score) == pytest.approx(right / pairs)
    # a shift of whole folds changes the pooled AUROC, and not this
    shifted = score + 50.0 * folds.to_numpy()
    assert metric(truth, shifted) == pytest.approx(right / pairs)
    assert abs(AUROC(truth, shifted) - right / pairs) > 0.02
    assert np.isnan(metric(np.zeros(len(truth), dtype=bool), score))


def test_direction_is_read_only_where_it_is(predict, status, groups):
    own = direction_control(predict(2.0, 1), status, groups, seed=1, n_bootstrap=100).iloc[0]
    assert own["verdict"] == "direction is read"
    proba = predict(2.0, 1)
    both = proba["p_up"] + proba["p_down"]
    blind = proba.assign(p_up=both / 2, p_down=both / 2)
    assert (
        direction_control(blind, status, groups, seed=1, n_bootstrap=50)["verdict"].iloc[0] == "direction is not read"
    )
    assert direction_control(predict(2.0, 1, ("up", "unresponsive")), status, groups, seed=1, n_bootstrap=5).empty


def test_what_relatives_give_away_is_the_gap(twins):
    status, features, folds, groups = twins
    loose, strict = by_neighbours(status, features, folds), by_neighbours(status, features, folds, groups)
    table = leak_gap(loose, strict, status, groups, seed=1, n_bootstrap=100)
    assert (table["gap_low"] > 0.1).all()
    assert table["grouped"].max() < 0.6 < table["value"].min()


def test_the_gap_of_random_folds_is_paired(predict, status, groups):
    loose, strict = predict(3.0, 1), predict(1.0, 2)
    table = leak_gap(loose, strict, status, groups, seed=1, n_bootstrap=100)
    np.testing.assert_allclose(table["gap"], table["value"] - table["grouped"])
    assert set(table["verdict"]) == {"random folds flatter"}
    same = leak_gap(strict, strict, status, groups, seed=1, n_bootstrap=20)
    assert (same[["gap", "gap_low", "gap_high"]] == 0).all(axis=None)
    assert set(same["verdict"]) == {"no clear gap"}

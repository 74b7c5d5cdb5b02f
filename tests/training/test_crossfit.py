import lzma

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import BundleError, InputError
from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.training.parts import BOOSTERS, FACTS, from_parts, to_parts

QUICK = CrossfitSettings(n_folds=4, gradient=GradientSettings(n_rounds=25, learning_rate=0.2, colsample=1.0))


def make(n=800, seed=0):
    rng = np.random.default_rng(seed)
    genes = pd.Index([f"ENSG{i:011d}" for i in range(n)], name="gene_id")
    X = pd.DataFrame(
        rng.normal(size=(n, 4)).astype(np.float32),
        index=genes,
        columns=["rare:a", "composition:b", "chromatin:c", "expression:d"],
    )
    z = X["rare:a"] + X["expression:d"] + rng.normal(size=n)
    status = pd.Series(np.where(z > 1.5, "up", np.where(z < -1.5, "down", "unresponsive")), index=genes)
    folds = pd.Series(rng.integers(0, 4, n), index=genes)
    return X, status, folds


@pytest.fixture(scope="module")
def fitted():
    X, status, folds = make()
    return crossfit(X, status, folds, QUICK, seed=0), X, status, folds


def test_one_model_per_pair_of_folds_and_rows_sum_to_one(fitted):
    model, X, _, folds = fitted
    assert sorted(model.branches["gradient"]) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    found = model.predict(X, folds)
    np.testing.assert_allclose(found.proba.sum(axis=1), 1, atol=1e-6)
    assert ((found.lower <= found.proba) & (found.proba <= found.upper)).all(axis=None)


def test_held_out_probabilities_are_calibrated(fitted):
    model, X, status, folds = fitted
    p = model.predict_held_out(X, folds).proba["p_up"]
    assert p.mean() == pytest.approx((status == "up").mean(), abs=0.02)
    top = p.nlargest(100)
    assert (status[top.index] == "up").mean() == pytest.approx(top.mean(), abs=0.12)


def test_a_fold_never_sees_its_own_labels():
    """Scrambling the labels of fold 0 changes nothing about the prediction of fold 0."""
    X, status, folds = make()
    scrambled = status.copy()
    inside = folds[folds == 0].index
    scrambled[inside] = np.random.default_rng(5).permutation(["up", "down", "unresponsive"] * len(inside))[
        : len(inside)
    ]
    one, two = (crossfit(X, y, folds, QUICK, seed=0).predict_held_out(X, folds).proba for y in (status, scrambled))
    pd.testing.assert_frame_equal(one.loc[inside], two.loc[inside])
    outside = folds[folds != 0].index
    assert (one.loc[outside] - two.loc[outside]).abs().max(axis=None) > 0.01


def test_relatives_in_a_fold_do_not_touch_its_answers():
    """Twins in two folds: scrambling the labels of those in fold 1 changes nothing about fold 0, unless untied."""
    X, status, folds = make()
    pairs = list(zip(folds.index[folds == 0][:60], folds.index[folds == 1][:60], strict=True))
    groups = pd.Series(folds.index, index=folds.index)
    groups[[second for _, second in pairs]] = [first for first, _ in pairs]
    scrambled = status.copy()
    scrambled[[second for _, second in pairs]] = ["up", "down", "unresponsive"] * 20
    inside = folds[folds == 0].index

    def answers(labels, tied):
        model = crossfit(X, labels, folds, QUICK, seed=0, groups=tied)
        assert to_parts(from_parts(to_parts(model))) == to_parts(model)
        assert int(model.relatives.to_numpy().sum()) == (0 if tied is None else 120)
        return model.predict_held_out(X, folds).proba.loc[inside]

    pd.testing.assert_frame_equal(answers(status, groups), answers(scrambled, groups))
    assert (answers(status, None) - answers(scrambled, None)).abs().max(axis=None) > 0.01


def test_permuted_labels_are_predicted_no_better_than_chance():
    from sklearn.metrics import roc_auc_score

    X, status, folds = make(1200)
    shuffled = pd.Series(np.random.default_rng(1).permutation(status), index=status.index)
    p = crossfit(X, shuffled, folds, QUICK, seed=0).predict_held_out(X, folds).proba["p_up"]
    assert roc_auc_score(shuffled == "up", p) == pytest.approx(0.5, abs=0.07)


def test_answers_do_not_depend_on_the_order_or_number_of_genes(fitted):
    model, X, _, folds = fitted
    everyone = model.predict(X, folds)
    few = model.predict(X.iloc[[7, 2, 500]], folds)
    for whole, part in zip(
        (everyone.proba, everyone.lower, everyone.upper), (few.proba, few.lower, few.upper), strict=True
    ):
        pd.testing.assert_frame_equal(part, whole.iloc[[7, 2, 500]])


def test_unlabelled_genes_are_answered_by_all_models(fitted):
    model, X, _, _ = fitted
    strangers = X.rename(index=lambda gene: f"{gene}_new")
    moved = pd.Series(0, index=strangers.index)
    by_fold = [model.predict_held_out(strangers, pd.Series(k, index=strangers.index)).proba for k in range(4)]
    mean = np.mean(by_fold, axis=0)
    np.testing.assert_allclose(model.predict(strangers, moved).proba, mean, atol=1e-9)


def test_identical_whatever_the_threads_and_different_with_another_seed(fitted):
    model, X, status, folds = fitted
    assert to_parts(crossfit(X, status, folds, QUICK, seed=0, n_threads=1)) == to_parts(model)
    assert to_parts(crossfit(X, status, folds, QUICK, seed=0, n_threads=3)) == to_parts(model)
    assert to_parts(crossfit(X, status, folds, QUICK, seed=1)) != to_parts(model)


def test_parts_round_trip(fitted):
    model, X, _, folds = fitted
    again = from_parts(to_parts(model))
    pd.testing.assert_frame_equal(again.predict(X, folds).proba, model.predict(X, folds).proba)
    assert again.settings == model.settings


@pytest.mark.parametrize("change", [{BOOSTERS: b"garbage"}, {FACTS: b""}, {FACTS: lzma.compress(b"{}")}])
def test_damaged_parts_are_one_clear_error(fitted, change):
    with pytest.raises(BundleError, match="damaged"):
        from_parts({**to_parts(fitted[0]), **change})


def test_two_classes_work(fitted):
    X, status, folds = make()
    two = status[status != "down"]
    model = crossfit(X.loc[two.index], two, folds, QUICK, seed=0)
    assert model.classes == ("up", "unresponsive")
    assert list(model.predict(X, folds).proba) == ["p_up", "p_unresponsive"]


def test_a_class_confined_to_one_fold_is_refused():
    X, status, folds = make()
    status = status.replace("down", "unresponsive")
    status[folds[folds == 2].index[:30]] = "down"
    status[folds[folds != 2].index] = status[folds[folds != 2].index].replace("down", "unresponsive")
    with pytest.raises(InputError, match="no down genes are left .* at least 10 are needed"):
        crossfit(X, status, folds, QUICK, seed=0)


def test_a_handful_of_genes_of_a_class_is_refused_with_the_number_needed():
    X, status, folds = make()
    status = status.replace("down", "unresponsive")
    status[[folds[folds == k].index[i] for k in range(4) for i in range(4)]] = "down"
    with pytest.raises(InputError, match="8 down genes are left .* at least 10 are needed"):
        crossfit(X, status, folds, QUICK, seed=0)


def test_held_out_refuses_folds_that_would_leak_or_are_missing(fitted):
    model, X, _, folds = fitted
    with pytest.raises(InputError, match="800 training genes are given another fold"):
        model.predict_held_out(X, (folds + 1) % 4)
    with pytest.raises(InputError, match="2 genes have no fold"):
        model.predict_held_out(X, folds.iloc[2:])
    with pytest.raises(InputError, match="have no fold between 0 and 3"):
        model.predict_held_out(X.rename(index="{}_new".format), pd.Series(7, index=[f"{gene}_new" for gene in X.index]))


def test_intervals_are_wide_enough_for_few_groups():
    """The t interval of the mean of g normal pseudo-values covers at its level; the normal one does not."""
    from rarml.training.prediction import jackknife

    rng = np.random.default_rng(0)
    g, n = 5, 20_000
    groups = rng.normal(size=(g, n, 1))
    deleted = (groups.sum(axis=0) - groups) / (g - 1)  # the mean without each group; its true value is 0
    _, low, high = jackknife(1 / (1 + np.exp(-deleted)))
    covered = (low <= 0.5) & (high >= 0.5)
    assert covered.mean() == pytest.approx(0.95, abs=0.01)

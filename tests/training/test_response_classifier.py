"""The scikit-learn contract, chance, groups, and the same model as `crossfit`."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from rarml.training.crossfit import CrossfitSettings, GradientSettings, crossfit
from rarml.training.response_classifier import RetinoidResponseClassifier, spread

QUICK = {"n_folds": 3, "n_rounds": 20, "n_jobs": 1}
NOT_APPLYING = {
    "check_dtype_object": "has four classes, a response has at most three (up, down, unresponsive)",
}


@parametrize_with_checks(
    [RetinoidResponseClassifier(**QUICK, least_per_class=1)], expected_failed_checks=lambda _: NOT_APPLYING
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def genes():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(300, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.05] = np.nan
    columns = ["rare:DR5:best", "sequence:0", "chromatin:A:B:mean", "expression:mean", "sequence:1", "composition:gc"]
    score = np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 1])
    y = np.where(score > 0.8, "up", np.where(score < -0.8, "down", "unresponsive"))
    return pd.DataFrame(values, columns=columns), y, np.arange(300) // 10


def test_learns_and_is_calibrated_on_genes_it_has_not_seen(genes):
    X, y, groups = genes
    model = RetinoidResponseClassifier(**QUICK).fit(X[:200], y[:200], groups=groups[:200])
    proba = model.predict_proba(X[200:])
    assert list(model.classes_) == ["down", "unresponsive", "up"]
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert roc_auc_score(y[200:], proba, multi_class="ovr", labels=model.classes_) > 0.7
    share = pd.Series(y[:200]).value_counts(normalize=True).reindex(model.classes_).to_numpy()
    assert log_loss(y[200:], proba) < log_loss(y[200:], np.tile(share, (100, 1))) - 0.05
    assert model.held_out_proba_.shape == (200, 3)
    low, high = model.predict_interval(X[200:])
    assert ((low <= proba) & (proba <= high)).all()
    assert model.predict_set(X[200:], 0.95).sum() >= model.predict_set(X[200:], 0.6).sum()


def test_same_model_as_crossfit(genes):
    X, y, groups = genes
    ours = RetinoidResponseClassifier(**QUICK, random_state=5).fit(X, y, groups=groups)
    index = pd.Index([f"g{number}" for number in range(len(X))])
    folds = pd.Series(spread(np.bincount(groups), 3)[groups], index=index)
    settings = CrossfitSettings(n_folds=3, gradient=GradientSettings(n_rounds=20))
    direct = crossfit(X.set_axis(index), pd.Series(y, index=index), folds, settings, seed=5, n_threads=2)
    expected = direct.predict_held_out(X.set_axis(index), folds).proba
    np.testing.assert_array_equal(ours.held_out_proba_, expected[["p_down", "p_unresponsive", "p_up"]].to_numpy())


def test_the_name_of_a_row_does_not_change_its_answer(genes):
    X, y, _ = genes
    model = RetinoidResponseClassifier(**QUICK).fit(X, y)
    renamed = X.set_axis([f"gene {number}" for number in range(len(X))])
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(renamed))
    np.testing.assert_allclose(model.predict_proba(X)[7:9], model.predict_proba(X[7:9]))


def test_other_class_names_and_two_classes(genes):
    X, y, _ = genes
    codes = (y == "up").astype(int)
    model = RetinoidResponseClassifier(**QUICK).fit(X, codes)
    words = RetinoidResponseClassifier(**QUICK).fit(X, np.where(codes == 1, "b", "a"))
    assert list(model.classes_) == [0, 1]
    np.testing.assert_array_equal(model.predict_proba(X), words.predict_proba(X))
    assert model.predict_proba(X)[codes == 1, 1].mean() > model.predict_proba(X)[codes == 0, 1].mean() + 0.2


def test_chance_is_of_the_seed(genes):
    X, y, _ = genes
    one, again, other = (
        RetinoidResponseClassifier(**QUICK, random_state=seed).fit(X, y).predict_proba(X) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    state = RetinoidResponseClassifier(**QUICK, random_state=np.random.RandomState(0))
    np.testing.assert_array_equal(clone(state).fit(X, y).predict_proba(X), clone(state).fit(X, y).predict_proba(X))


def test_in_a_pipeline_under_cross_validation(genes):
    X, y, groups = genes
    pipeline = make_pipeline(FunctionTransformer(), RetinoidResponseClassifier(**QUICK))
    scores = cross_val_score(pipeline, X, y, groups=groups, cv=GroupKFold(3), scoring="roc_auc_ovr")
    assert scores.min() > 0.7


def test_faults_are_named(genes):
    X, y, _ = genes
    with pytest.raises(ValueError, match="at least 3"):
        RetinoidResponseClassifier(n_folds=2).fit(X, y)
    with pytest.raises(ValueError, match="2 groups cannot make 3"):
        RetinoidResponseClassifier(**QUICK).fit(X, y, groups=np.arange(len(X)) % 2)
    with pytest.raises(ValueError, match="at least 10 are needed"):
        RetinoidResponseClassifier(**QUICK).fit(X, np.where(np.arange(len(X)) < 12, "up", "unresponsive"))
    with pytest.raises(ValueError, match="level"):
        RetinoidResponseClassifier(**QUICK).fit(X, y).predict_set(X, 1.0)


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=3, max_size=40), st.integers(3, 6))
def test_groups_are_spread_evenly(sizes, parts):
    part = spread(sizes, parts)
    load = np.bincount(part, weights=sizes, minlength=parts)
    assert load.max() - load.min() <= max(sizes)

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from rarml.core.errors import BundleError
from rarml.estimators.gradient import GradientClassifier, require_library


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 6)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    signal = np.nan_to_num(X[:, 0]) + 0.5 * rng.normal(size=600)
    y = np.where(signal > 0.9, "up", np.where(signal < -0.9, "down", "unresponsive"))
    return X, y


def quick(**changes):
    return GradientClassifier(**{"n_rounds": 30, "learning_rate": 0.2, "seed": 0, **changes})


def test_learns_with_missing_values_and_names_its_classes(data):
    X, y = data
    model = quick().fit(X[:400], y[:400])
    assert list(model.classes_) == ["down", "unresponsive", "up"]
    proba = model.predict_proba(X[400:])
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)
    assert (model.predict(X[400:]) == y[400:]).mean() > 0.7
    assert model.importance_.argmax() == 0


def test_one_seed_one_model_and_another_seed_another(data):
    X, y = data
    first, again, other = (quick(seed=seed).fit(X, y).predict_proba(X) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0


def test_a_row_depends_on_no_other_row(data):
    X, y = data
    model = quick().fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X)[[5, 3]], model.predict_proba(X[[5, 3]]))


def test_json_round_trip_predicts_the_same(data):
    X, y = data
    model = quick().fit(X, y)
    content = json.loads(json.dumps(model.to_dict()))
    np.testing.assert_array_equal(GradientClassifier.from_dict(content).predict_proba(X), model.predict_proba(X))


def test_scikit_learn_contract(data):
    X, y = data
    model = quick(balance=0.3)
    assert clone(model).get_params() == model.get_params()
    assert not hasattr(clone(model.fit(X, y)), "booster_")
    with pytest.raises(ValueError, match="one class"):
        quick().fit(X, np.repeat("up", len(X)))
    with pytest.raises(ValueError, match="features"):
        model.predict_proba(X[:, :3])


def test_balance_raises_the_rare_class(data):
    X, y = data
    rare = y == "up"
    flat, balanced = (quick(balance=b).fit(X, rare).predict_proba(X)[:, 1].mean() for b in (0.0, 1.0))
    assert balanced > flat
    assert flat == pytest.approx(rare.mean(), abs=0.03)


def test_a_newer_library_is_needed_for_newer_trees():
    require_library("3.0.1", where="x")
    with pytest.raises(BundleError, match=r"xgboost 99\.0"):
        require_library("99.0", where="x")


def test_damaged_trees_are_a_bundle_error(data):
    X, y = data
    content = quick(n_rounds=2).fit(X, y).to_dict()
    del content["booster"]["learner"]["gradient_booster"]
    with pytest.raises(BundleError, match="cannot be read") as error:
        GradientClassifier.from_dict(content)
    assert "\n" not in str(error.value)


@parametrize_with_checks(
    [GradientClassifier(n_rounds=20, min_child_weight=1.0, reg_lambda=1.0, colsample=1.0)]  # for scikit-learn's 30 rows
)
def test_passes_every_scikit_learn_check(estimator, check):
    check(estimator)

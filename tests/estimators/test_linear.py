import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from rarml.estimators.linear import LinearClassifier


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 4)) * [1, 100, 0.01, 3] + [0, 50, 1, -7]
    z = X[:, 0] + (X[:, 1] - 50) / 100 + rng.normal(size=500)
    return X, np.where(z > 1, "up", np.where(z < -1.5, "down", "flat"))


@pytest.fixture(scope="module")
def gaps(data):
    X = data[0].copy()
    X[np.random.default_rng(1).random(X.shape) < 0.2] = np.nan
    return X


@pytest.mark.parametrize("classes", [("up", "down", "flat"), ("up", "flat")])
def test_without_gaps_it_is_scaled_logistic_regression(data, classes):
    rows = np.isin(data[1], classes)
    X, y = data[0][rows], data[1][rows]
    oracle = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    model = LinearClassifier(0.1).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), oracle.fit(X, y).predict_proba(X), atol=1e-3)
    assert model.classes_.tolist() == sorted(classes)


def test_a_missing_value_counts_as_the_mean_of_the_known_ones(data, gaps):
    model = LinearClassifier(1.0).fit(gaps, data[1])
    np.testing.assert_allclose(model.mean_, np.nanmean(gaps, axis=0), rtol=1e-4)
    np.testing.assert_allclose(model.spread_, np.nanstd(gaps, axis=0), rtol=1e-4)
    filled = np.where(np.isnan(gaps), model.mean_, gaps)
    np.testing.assert_array_equal(model.predict_proba(gaps), model.predict_proba(filled))


def test_what_is_stored_answers_exactly_alike(data, gaps):
    model = LinearClassifier(1.0).fit(gaps, data[1])
    again = LinearClassifier.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.predict_proba(gaps), model.predict_proba(gaps))
    assert again.to_dict() == model.to_dict()
    assert again.predict(gaps).tolist() == model.predict(gaps).tolist()


def test_a_column_without_a_value_or_without_spread_does_no_harm(data):
    X, y = data
    more = np.column_stack([X, np.full(len(X), np.nan), np.full(len(X), 7.0)])
    alone, beside = (LinearClassifier(1.0).fit(values, y).predict_proba(values) for values in (X, more))
    np.testing.assert_allclose(beside, alone, atol=1e-3)


def test_one_class_is_refused(data):
    with pytest.raises(ValueError, match="one class"):
        LinearClassifier().fit(data[0], np.repeat("up", 500))


@parametrize_with_checks([LinearClassifier(1.0)])
def test_passes_every_scikit_learn_check(estimator, check):
    check(estimator)


def test_without_standardising_a_feature_of_small_spread_weighs_little():
    """The same feature at two scales: a ridge shrinks the smaller one, unless both get one spread."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 1))
    y = (x[:, 0] + rng.normal(size=400) > 0).astype(int)
    for scale in (1.0, 0.05):
        fitted = LinearClassifier(0.1, standardise=False).fit(scale * x, y)
        spread = fitted.predict_proba(scale * x)[:, 1].std()
        assert (spread > 0.2) == (scale == 1.0)
    one, other = (LinearClassifier(0.1).fit(scale * x, y).predict_proba(scale * x) for scale in (1.0, 0.05))
    np.testing.assert_allclose(one, other, atol=1e-3)

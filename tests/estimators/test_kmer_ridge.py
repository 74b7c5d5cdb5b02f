import numpy as np
import pytest
from sklearn.linear_model import Ridge

from rarml.estimators.kmer_ridge import KmerRidge
from rarml.estimators.kmers import log_counts

K = 2


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (300, 60), dtype=np.uint8)
    y = rng.normal(size=(300, 3)) * [1, 5, 0.1] + [0, 10, -3]
    y[:, 0] += (codes == 1).mean(axis=1) * 20
    y[rng.random(300) < 0.3, 1] = np.nan
    return codes, y


def standardised(values):
    return (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)


def test_it_is_ridge_regression_on_the_rows_where_each_target_is_known(data):
    codes, y = data
    found = KmerRidge(K, ridge=50.0).fit(codes, y).predict(codes)
    words, targets = standardised(log_counts(codes, K).astype(np.float64)), standardised(y)
    for number in range(3):
        rows = ~np.isnan(y[:, number])
        oracle = Ridge(alpha=50.0, fit_intercept=False).fit(words[rows], targets[rows, number])
        np.testing.assert_allclose(found[:, number], oracle.predict(words), atol=1e-4)


def test_both_strands_count_alike(data):
    codes, y = data
    model = KmerRidge(K, ridge=1.0).fit(codes, y)
    np.testing.assert_array_equal(model.predict(3 - codes[:, ::-1]), model.predict(codes))


def test_stored_weights_are_close_and_stay_as_they_are_when_stored_again(data):
    codes, y = data
    model = KmerRidge(K, ridge=1.0).fit(codes, y)
    once = KmerRidge.from_tensors(model.to_tensors(), model.get_params())
    np.testing.assert_allclose(once.predict(codes), model.predict(codes), atol=0.02)
    again = KmerRidge.from_tensors(once.to_tensors(), once.get_params())
    np.testing.assert_array_equal(again.predict(codes), once.predict(codes))


def test_safetensors_gives_back_what_was_stored(data):
    """It stores memory as it lies, so an array that is not in C order would come back mixed up."""
    from safetensors.numpy import load, save

    codes, y = data
    narrow = KmerRidge(K, ridge=1.0).fit(codes, y).narrowed([2, 0])
    stored = KmerRidge.from_tensors(load(save(narrow.to_tensors())), narrow.get_params())
    np.testing.assert_array_equal(stored.predict(codes), narrow.predict(codes))


def test_narrowed_answers_for_the_targets_asked_for(data):
    codes, y = data
    model = KmerRidge(K, ridge=1.0).fit(codes, y)
    stored = KmerRidge.from_tensors(model.to_tensors(), model.get_params())
    np.testing.assert_allclose(model.narrowed([2, 0]).predict(codes), stored.predict(codes)[:, [2, 0]], atol=1e-6)


def test_a_target_that_never_varies_is_predicted_at_its_mean_and_spoils_no_other(data):
    codes, y = data
    constant = np.column_stack([y, np.full(len(y), 3.0)])
    one, other = (KmerRidge(K, ridge=1.0).fit(codes, targets) for targets in (y, constant))
    stored = KmerRidge.from_tensors(other.to_tensors(), other.get_params())
    np.testing.assert_allclose(stored.predict(codes)[:, :3], one.predict(codes), atol=0.02)
    np.testing.assert_allclose(stored.predict(codes)[:, 3], 0, atol=1e-6)

import json

import numpy as np
import pytest
from sklearn.metrics import log_loss

from rarml.estimators.calibration import ProbabilityCalibrator, softmax
from rarml.estimators.stack import StackedCalibrator

SHARES = [0.2, 0.3, 0.5]


@pytest.fixture(scope="module")
def data():
    """Class codes, a trusted branch, a second one that knows other things, and one that knows nothing."""
    rng = np.random.default_rng(0)
    y = rng.choice(3, 4000, p=SHARES)

    def branch(strength):
        return softmax(strength * np.eye(3)[y] + rng.normal(size=(4000, 3)))

    return y, branch(1.0), branch(1.0), branch(0.0)


def loss(parts, y, train=slice(0, 2000), test=slice(2000, None)):
    stack = StackedCalibrator().fit([part[train] for part in parts], y[train])
    return log_loss(y[test], stack.transform([part[test] for part in parts]))


def test_one_branch_is_the_probability_calibrator(data):
    y, first, _, _ = data
    stack, oracle = StackedCalibrator(ridge=3.0).fit([first], y), ProbabilityCalibrator(ridge=3.0).fit(first, y)
    np.testing.assert_allclose(stack.transform([first]), oracle.transform(first), atol=2e-3)
    np.testing.assert_allclose(stack.weight_[0], oracle.scale_, atol=1e-2)


def test_a_useless_branch_gets_next_to_no_weight(data):
    y, first, _, useless = data
    stack = StackedCalibrator().fit([first, useless], y)
    assert stack.weight_[1].max() < 0.1
    assert loss([first, useless], y) == pytest.approx(loss([first], y), abs=2e-3)


def test_a_branch_that_knows_more_improves_the_held_out_loss(data):
    y, first, second, _ = data
    assert loss([first, second], y) < loss([first], y) - 0.05


def test_no_weight_is_negative_and_the_first_branch_keeps_some(data):
    y, first, _, _ = data
    wrong = first[:, [1, 2, 0]]
    stack = StackedCalibrator(ridge=0.01).fit([wrong, wrong], y)
    assert stack.weight_[0].min() >= 0.05
    assert stack.weight_.min() >= 0


def test_the_first_branch_is_the_one_that_is_trusted(data):
    y, first, second, _ = data
    few = slice(0, 8)
    weight = StackedCalibrator(ridge=1000.0).fit([first[few], second[few]], y[few]).weight_
    np.testing.assert_allclose(weight, [[1, 1, 1], [0, 0, 0]], atol=0.05)


def test_the_order_of_branches_is_the_order_of_weights(data):
    y, first, second, useless = data
    stack = StackedCalibrator().fit([first, useless, second], y)
    assert stack.weight_[2].min() > stack.weight_[1].max()


def test_rows_sum_to_one_and_certainty_is_survived(data):
    y, first, _, _ = data
    stack = StackedCalibrator().fit([first, first], y)
    sure = np.eye(3)
    found = stack.transform([sure, sure[[1, 2, 0]]])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_mean_probabilities_are_the_shares_of_the_classes(data):
    y, first, second, _ = data
    mean = StackedCalibrator().fit([first, second], y).transform([first, second]).mean(axis=0)
    np.testing.assert_allclose(mean, np.bincount(y) / len(y), atol=1e-3)


def test_json_round_trip_is_exact(data):
    y, first, second, _ = data
    stack = StackedCalibrator().fit([first, second], y)
    again = StackedCalibrator.from_dict(json.loads(json.dumps(stack.to_dict())))
    np.testing.assert_array_equal(again.transform([first, second]), stack.transform([first, second]))

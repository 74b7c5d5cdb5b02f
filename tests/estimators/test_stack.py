import json

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.metrics import log_loss

from rarml.estimators.probability import softmax
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


def drawn(n=6000, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, 3)) + [0.0, -0.5, 1.5]
    truth = softmax(logits)
    y = (rng.random(n)[:, None] > truth.cumsum(axis=1)).sum(axis=1)
    return logits, truth, y


def test_one_branch_is_the_vector_scaling_that_a_general_minimiser_finds(data):
    y, first, _, _ = data
    ridge = 3.0

    def objective(values):
        scale, shift = values[:3], np.append(values[3:], 0.0)
        picked = softmax(scale * np.log(first) + shift)[np.arange(len(y)), y]
        return -np.log(picked).sum() + 0.5 * ridge * ((scale - 1) ** 2).sum()

    oracle = minimize(objective, [1, 1, 1, 0, 0], method="BFGS").x  # numeric gradient
    stack = StackedCalibrator(ridge=ridge).fit([first], y)
    np.testing.assert_allclose(stack.weight_[0], oracle[:3], atol=1e-2)
    np.testing.assert_allclose(stack.shift_[:2], oracle[3:], atol=2e-2)


def test_one_branch_undoes_a_known_distortion():
    logits, truth, y = drawn()
    distorted = softmax(2.0 * logits + [1.0, 0.5, -1.0])
    fixed = StackedCalibrator().fit([distorted], y).transform([distorted])
    assert np.abs(fixed - truth).mean() < 0.02
    assert log_loss(y, fixed) < log_loss(y, distorted) - 0.1


def test_what_is_already_calibrated_is_kept():
    _, truth, y = drawn()
    assert np.abs(StackedCalibrator().fit([truth], y).transform([truth]) - truth).mean() < 0.01


def test_a_handful_of_positives_moves_shifts_and_hardly_scales():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.3, 0.7, 500)
    both = np.column_stack([1 - p, p])
    y = np.zeros(500, dtype=int)
    y[:4] = 1
    stack = StackedCalibrator().fit([both], y)
    assert np.abs(stack.weight_ - 1).max() < 1.0
    assert stack.transform([both])[:, 1].mean() == pytest.approx(4 / 500, abs=0.01)


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

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from rarml.estimators.calibration import ProbabilityCalibrator, shift_prevalence, softmax


def drawn(n=6000, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, 3)) + [0.0, -0.5, 1.5]
    truth = softmax(logits)
    y = (rng.random(n)[:, None] > truth.cumsum(axis=1)).sum(axis=1)
    return logits, truth, y


def test_undoes_a_known_distortion():
    logits, truth, y = drawn()
    distorted = softmax(2.0 * logits + [1.0, 0.5, -1.0])
    fixed = ProbabilityCalibrator().fit(distorted, y).transform(distorted)
    assert np.abs(fixed - truth).mean() < 0.02
    assert log_loss(y, fixed) < log_loss(y, distorted) - 0.1
    np.testing.assert_allclose(fixed.mean(axis=0), np.bincount(y) / len(y), atol=0.01)


def test_keeps_what_is_already_calibrated():
    _, truth, y = drawn()
    assert np.abs(ProbabilityCalibrator().fit(truth, y).transform(truth) - truth).mean() < 0.01


def test_a_handful_of_positives_moves_shifts_and_hardly_scales():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.3, 0.7, 500)
    y = np.zeros(500, dtype=int)
    y[:4] = 1
    calibrator = ProbabilityCalibrator().fit(np.column_stack([1 - p, p]), y)
    assert np.abs(calibrator.scale_ - 1).max() < 1.0
    assert calibrator.transform(np.column_stack([1 - p, p]))[:, 1].mean() == pytest.approx(4 / 500, abs=0.01)


def test_round_trip():
    _, truth, y = drawn(500)
    calibrator = ProbabilityCalibrator().fit(truth, y)
    again = ProbabilityCalibrator.from_dict(json.loads(json.dumps(calibrator.to_dict())))
    np.testing.assert_array_equal(again.transform(truth), calibrator.transform(truth))


@given(st.lists(st.floats(0.01, 0.98), min_size=1, max_size=20), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_moving_the_prevalence_there_and_back_is_no_move(values, old, new):
    p = np.column_stack([values, 1 - np.array(values)])
    there = shift_prevalence(p, [old, 1 - old], [new, 1 - new])
    np.testing.assert_allclose(shift_prevalence(there, [new, 1 - new], [old, 1 - old]), p, rtol=1e-6)
    odds = there[:, 0] / there[:, 1] * (p[:, 1] / p[:, 0])
    np.testing.assert_allclose(odds, new / (1 - new) / (old / (1 - old)), rtol=1e-6)

import numpy as np

from rarml.estimators.classifier import class_weights


def test_class_weights_by_hand():
    assert class_weights(np.array([10, 40]), 0.0).tolist() == [1, 1]
    np.testing.assert_allclose(class_weights(np.array([10, 40]), 1.0), [2.5, 0.625])
    np.testing.assert_allclose(class_weights(np.array([10, 40]), 0.5), np.sqrt([2.5, 0.625]))

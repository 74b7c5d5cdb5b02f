import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rarml.estimators.probability import shift_prevalence, softmax


def test_softmax_survives_large_logits_and_ignores_a_shift():
    logits = np.array([[1000.0, 1001.0, 999.0], [-5.0, 0.0, 5.0]])
    found = softmax(logits)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found, softmax(logits - 7.0), atol=1e-12)
    np.testing.assert_allclose(np.log(found[0, 1] / found[0, 0]), 1.0, atol=1e-9)


@given(st.lists(st.floats(0.01, 0.98), min_size=1, max_size=20), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_moving_the_prevalence_there_and_back_is_no_move(values, old, new):
    p = np.column_stack([values, 1 - np.array(values)])
    there = shift_prevalence(p, [old, 1 - old], [new, 1 - new])
    np.testing.assert_allclose(shift_prevalence(there, [new, 1 - new], [old, 1 - old]), p, rtol=1e-6)
    odds = there[:, 0] / there[:, 1] * (p[:, 1] / p[:, 0])
    np.testing.assert_allclose(odds, new / (1 - new) / (old / (1 - old)), rtol=1e-6)

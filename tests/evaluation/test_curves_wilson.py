"""The intervals of a reliability curve are SciPy's."""

import numpy as np
from scipy.stats import binomtest

from rarml.evaluation.curves import reliability_bins


def test_wilson_intervals_are_scipys():
    rng = np.random.default_rng(3)
    score = rng.random(900)
    truth = rng.random(900) < score
    _, share, low, high, size = reliability_bins(truth, score, 7)
    for one, a, b, n in zip(share, low, high, size, strict=True):
        ends = binomtest(round(one * n), int(n)).proportion_ci(method="wilson")
        np.testing.assert_allclose([a, b], [ends.low, ends.high])

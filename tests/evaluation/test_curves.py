import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from rarml.evaluation.curves import MOST_POINTS, pr_points, reliability_bins, roc_points

pairs = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=4, max_size=80).filter(
    lambda found: len({truth for truth, _ in found}) == 2
)


@given(pairs)
def test_areas_agree_with_scikit_learn(found):
    truth = np.array([t for t, _ in found])
    score = np.array([s for _, s in found], dtype=float) / 20
    x, y = roc_points(truth, score)
    assert np.trapezoid(y, x) == pytest.approx(roc_auc_score(truth, score))
    recall, precision = pr_points(truth, score)
    area = np.sum(np.diff(np.r_[0, recall]) * precision)
    assert area == pytest.approx(average_precision_score(truth, score))


def test_long_curves_are_thinned_but_keep_their_ends_and_area():
    rng = np.random.default_rng(0)
    score = rng.uniform(size=20_000)
    truth = rng.uniform(size=20_000) < score
    x, y = roc_points(truth, score)
    assert len(x) <= MOST_POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(y, x) == pytest.approx(roc_auc_score(truth, score), abs=1e-3)


def test_one_class_or_nothing_gives_no_curve():
    for truth in (np.ones(5, dtype=bool), np.zeros(5, dtype=bool), np.zeros(0, dtype=bool)):
        assert len(roc_points(truth, np.linspace(0, 1, len(truth)))[0]) == 0
    assert len(pr_points(np.zeros(5, dtype=bool), np.linspace(0, 1, 5))[0]) == 0


def test_reliability_of_calibrated_scores_lies_on_the_diagonal():
    rng = np.random.default_rng(1)
    score = rng.uniform(size=50_000)
    mean, share, low, high, size = reliability_bins(rng.uniform(size=50_000) < score, score)
    assert len(mean) == 10
    assert size.sum() == 50_000
    assert np.all((low <= share) & (share <= high))
    assert np.abs(mean - share).max() < 0.03


def test_reliability_leaves_nan_out_and_takes_ties():
    mean, share, low, high, size = reliability_bins(np.array([True, False, True]), np.array([0.5, 0.5, np.nan]))
    assert list(mean) == [0.5]
    assert list(share) == [0.5]
    assert list(size) == [2]
    assert 0 <= low[0] < 0.5 < high[0] <= 1

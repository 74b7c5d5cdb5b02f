import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from rarml.core.errors import InputError
from rarml.estimators.conformal import ConformalSets
from rarml.estimators.prediction_sets import prediction_sets
from rarml.estimators.probability import softmax

LEVELS = (0.8, 0.9, 0.95)


def drawn(per_class, seed):
    """Rows of each class with probabilities that say something of it; calibration and test rows drawn alike."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(len(per_class)), per_class)
    return softmax(1.2 * np.eye(len(per_class))[codes] + rng.normal(size=(len(codes), len(per_class)))), codes


def test_by_hand():
    proba = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75], [0.125, 0.875]])
    fitted = ConformalSets().fit(proba, [0, 0, 1, 0])
    # class 0 was given 0.75, 0.5 and 0.125; class 1 was given 0.75
    new = np.array([[0.5, 0.5], [0.875, 0.125], [0.0625, 0.9375]])
    np.testing.assert_array_equal(fitted.exceeding(new), [[2, 0], [3, 0], [0, 1]])
    np.testing.assert_allclose(fitted.p_values(new), [[3 / 4, 1 / 2], [1, 1 / 2], [1 / 4, 1]])
    assert fitted.sets(new, 0.7).tolist() == [[True, True], [True, True], [False, True]]


@pytest.mark.parametrize("level", LEVELS)
def test_every_class_is_covered_the_rare_one_too(level):
    """Calibrated anew each time: coverage is then nominal to within what 300 x 5 independent draws allow."""
    runs, sizes = 300, (20, 150, 600)
    kept = np.zeros((runs, 3))
    for run in range(runs):
        fitted = ConformalSets().fit(*drawn(sizes, seed=(run, 0)))
        proba, codes = drawn((1, 1, 1), seed=(run, 1))
        kept[run] = fitted.sets(proba, level)[np.arange(3), codes]
    for c, n in enumerate(sizes):
        # the exact chance that a p-value of n calibration rows is above 1 - level
        exact = 1 - np.floor(round((1 - level) * (n + 1), 9)) / (n + 1)
        assert binom.cdf(kept[:, c].sum(), runs, exact) > 1e-4
        assert binom.sf(kept[:, c].sum() - 1, runs, exact + 0.01) > 1e-4


def test_p_values_are_uniform_or_larger():
    fitted = ConformalSets().fit(*drawn((2000, 2000, 2000), seed=0))
    proba, codes = drawn((2000, 2000, 2000), seed=1)
    own = fitted.p_values(proba)[np.arange(6000), codes]
    for share in np.linspace(0.05, 0.95, 19):
        assert (own <= share).mean() <= share + 0.03


def test_thinned_calibration_is_never_less_careful_and_hardly_more():
    calibration, new = drawn((5000, 300, 20), seed=2), drawn((500, 500, 500), seed=3)[0]
    every, thinned = (ConformalSets(p).fit(*calibration).exceeding(new) for p in (0.0, 0.01))
    own, kept = 1 - calibration[0][:, 0], 1 - new[:, 0]
    counted = (own[calibration[1] == 0] >= kept[:, None]).sum(axis=1)
    assert (every[:, 0] >= counted).all()
    assert (every[:, 0] - counted).max() <= 2  # scores are rounded up to 10^-6
    assert (thinned >= every).all()
    assert (thinned <= every * 1.01).all()
    assert len(ConformalSets().fit(*calibration).ranks_[0]) < 700


def test_order_of_calibration_changes_nothing_and_saving_is_exact():
    proba, codes = drawn((700, 90, 25), seed=4)
    fitted = ConformalSets().fit(proba, codes)
    shuffled = np.random.default_rng(5).permutation(len(codes))
    again = ConformalSets().fit(proba[shuffled], codes[shuffled])
    loaded = ConformalSets.from_dict(json.loads(json.dumps(fitted.to_dict())))
    new = drawn((200, 200, 200), seed=6)[0]
    for other in (again, loaded):
        np.testing.assert_array_equal(other.p_values(new), fitted.p_values(new))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 60), st.integers(0, 60))
def test_sets_are_nested_and_p_values_fall_with_unlikeness(seed, first, second):
    fitted = ConformalSets().fit(*drawn((first, second), seed))
    new = drawn((15, 15), seed + 1)[0]
    p = fitted.p_values(new)
    assert ((p > 0) & (p <= 1)).all()
    order = np.argsort(new[:, 0])
    assert (np.diff(p[order, 0]) >= 0).all()
    narrow, middle, wide = (fitted.sets(new, level) for level in LEVELS)
    assert (middle >= narrow).all()
    assert (wide >= middle).all()


def test_a_class_without_calibration_rows_is_never_ruled_out():
    fitted = ConformalSets().fit([[0.5, 0.5], [0.75, 0.25]], [0, 0])
    assert fitted.p_values([[1.0, 0.0]])[0, 1] == 1


def test_single_precision_p_values_give_the_same_sets():
    assert not prediction_sets(np.float32([[0.1]]), 0.9).any()
    assert prediction_sets(np.float32([[0.1001]]), 0.9).all()


@pytest.mark.parametrize(
    ("proba", "codes"),
    [([[0.5, np.nan]], [0]), ([[1.5, -0.5]], [0]), ([0.5, 0.5], [0]), ([[0.5, 0.5]], [2]), ([[0.5, 0.5]], [0, 1])],
)
def test_faulty_calibration_is_refused(proba, codes):
    with pytest.raises(InputError):
        ConformalSets().fit(proba, codes)


@pytest.mark.parametrize("level", [0, 1, 90, -0.1])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InputError, match="between 0 and 1"):
        prediction_sets([[0.5]], level)

"""The way from margins to the shown log-odds, against the stack itself, numeric slopes and numeric integrals."""

import numpy as np
import pytest
from scipy.integrate import quad

from rarml.estimators.probability import softmax
from rarml.estimators.stack import StackedCalibrator
from rarml.explain.link import Link


def stack(rng, branches, classes):
    made = StackedCalibrator()
    made.weight_ = rng.uniform(0.0, 1.2, size=(branches, classes))
    made.shift_ = np.append(rng.normal(size=classes - 1), 0.0)
    return made


def problem(classes=3, n=5, pairs=4, branches=3, seed=0, size=1.5):
    rng = np.random.default_rng(seed)
    # two stacks over one pair, as for a gene that all models answer
    members = [(row, stack(rng, branches, classes)) for row in (*range(pairs), 0)]
    base = rng.normal(size=(pairs, branches, classes))
    margins = base[:, :, None] + size * rng.normal(size=(pairs, branches, n, classes))
    return members, Link.of(members), base, margins


@pytest.mark.parametrize("classes", [3, 2])
@pytest.mark.parametrize("size", [1.5, 12.0], ids=["usual", "beyond the floor"])
def test_log_odds_are_those_of_the_stacks_mean_probability(classes, size):
    members, link, _, margins = problem(classes, size=size)
    mean = np.mean([made.transform([softmax(one) for one in margins[row]]) for row, made in members], axis=0)
    np.testing.assert_allclose(link.log_odds(margins), np.log(mean) - np.log(1 - mean), atol=1e-8)


@pytest.mark.parametrize("classes", [3, 2])
def test_gradient_agrees_with_numeric_slopes(classes):
    _, link, _, margins = problem(classes, n=2)
    found = link.gradient(margins)
    for place in np.ndindex(margins.shape):
        step = np.zeros_like(margins)
        step[place] = 1e-5
        slope = (link.log_odds(margins + step) - link.log_odds(margins - step)) / 2e-5
        gene = place[2]
        np.testing.assert_allclose(found[(slice(None), *place)], slope[gene], atol=1e-7)
        assert np.abs(np.delete(slope, gene, axis=0)).max(initial=0.0) < 1e-12


def test_integrated_gradients_agree_with_a_numeric_integral():
    _, link, base, margins = problem(n=2)
    weights, _ = link.integrated_gradients(base, margins)
    start = np.broadcast_to(base[:, :, None], margins.shape)
    for place in [(0, 1, 0, 2), (3, 2, 1, 0), (1, 0, 1, 1)]:
        for number in range(3):
            expected, _ = quad(lambda t: link.gradient(start + t * (margins - start))[(number, *place)], 0, 1)  # noqa: B023
            assert weights[(number, *place)] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("size", [0.1, 1.5, 5.0])
def test_shares_add_up_to_the_change(size):
    _, link, base, margins = problem(n=20, size=size)
    weights, error = link.integrated_gradients(base, margins)
    start = np.broadcast_to(base[:, :, None], margins.shape)
    shares = (weights * (margins - start)).sum(axis=(1, 2, 4)).T
    change = link.log_odds(margins) - link.log_odds(start)
    np.testing.assert_allclose(change - shares, error, atol=1e-12)
    assert np.abs(error).max() < 1e-6
    assert np.abs(change).max() > 0.01


def test_beyond_the_floor_of_the_stack_too():
    """The stack's floor gives the slope steps, at another place for every gene."""
    _, link, base, margins = problem(n=3, size=12.0)
    weights, error = link.integrated_gradients(base, margins)
    start = np.broadcast_to(base[:, :, None], margins.shape)
    shares = (weights * (margins - start)).sum(axis=(1, 2, 4)).T
    np.testing.assert_allclose(link.log_odds(margins) - link.log_odds(start) - shares, error, atol=1e-12)
    assert np.abs(error).max() < 1e-6


def test_adding_the_same_to_all_margins_of_a_branch_changes_nothing():
    _, link, _, margins = problem()
    moved = margins + np.arange(4.0)[:, None, None, None]
    np.testing.assert_allclose(link.log_odds(moved), link.log_odds(margins), atol=1e-10)
    np.testing.assert_allclose(link.gradient(margins).sum(axis=-1), 0, atol=1e-12)


def test_without_a_way_to_go_there_is_nothing_to_share():
    _, link, base, margins = problem()
    still = np.broadcast_to(base[:, :, None], margins.shape)
    weights, error = link.integrated_gradients(base, still)
    assert np.isfinite(weights).all()
    np.testing.assert_array_equal(error, 0)

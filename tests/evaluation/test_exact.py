import math

import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom

from rarml.core.errors import InputError
from rarml.evaluation.exact import exact_odds_ratio


def tails(both, only_first, only_second, neither, ratio):
    """P(X <= both) and P(X >= both) of the noncentral hypergeometric distribution, by summing every table."""
    n_first, n_second = both + only_first, both + only_second
    total = n_first + only_second + neither
    values = np.arange(max(0, n_first + n_second - total), min(n_first, n_second) + 1)
    weights = [math.comb(n_first, x) * math.comb(total - n_first, n_second - x) * ratio**x for x in values.tolist()]
    mass = np.array(weights, dtype=np.float64) / math.fsum(weights)
    return mass[values <= both].sum(), mass[values >= both].sum(), (mass * values).sum()


@pytest.mark.parametrize("counts", [(7, 3, 5, 40), (2, 9, 8, 30), (12, 4, 6, 11), (1, 5, 20, 90)])
def test_interval_and_estimate_against_the_distribution_itself(counts):
    found = exact_odds_ratio(*counts)
    assert tails(*counts, found.value)[2] == pytest.approx(counts[0], rel=1e-6)
    assert tails(*counts, found.low)[1] == pytest.approx(0.025, rel=1e-5)
    assert tails(*counts, found.high)[0] == pytest.approx(0.025, rel=1e-5)
    assert found.low < found.value < found.high


def test_the_pvalue_is_fishers_by_hand():
    a, b, c, d = 7, 3, 5, 40
    null = hypergeom(a + b + c + d, a + b, a + c)
    mass = null.pmf(np.arange(0, min(a + b, a + c) + 1))
    assert exact_odds_ratio(a, b, c, d).pvalue == pytest.approx(mass[mass <= null.pmf(a) * (1 + 1e-9)].sum())
    assert exact_odds_ratio(a, b, c, d).pvalue == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue)


def test_swapping_the_sets_changes_nothing_and_a_complement_inverts():
    one, two = exact_odds_ratio(7, 3, 5, 40), exact_odds_ratio(7, 5, 3, 40)
    assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high))
    inverse = exact_odds_ratio(3, 7, 40, 5)
    assert (1 / inverse.value, 1 / inverse.high, 1 / inverse.low) == pytest.approx((one.value, one.low, one.high))


def test_edges():
    assert exact_odds_ratio(0, 5, 6, 30).value == 0
    assert exact_odds_ratio(0, 5, 6, 30).low == 0
    assert exact_odds_ratio(5, 0, 6, 30).high == math.inf
    nothing = exact_odds_ratio(0, 0, 6, 30)
    assert math.isnan(nothing.value)
    assert nothing.pvalue == 1
    with pytest.raises(InputError, match="negative"):
        exact_odds_ratio(3, -1, 2, 4)

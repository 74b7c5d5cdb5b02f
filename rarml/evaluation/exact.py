"""Exact comparison of two shares: the conditional odds ratio of a 2 x 2 table."""

from __future__ import annotations

from dataclasses import dataclass

from rarml.core.errors import InputError


@dataclass(frozen=True)
class OddsRatio:
    """An odds ratio with its exact 95 % interval and Fisher's two-sided p-value; 0, infinity or NaN at the edges."""

    value: float
    low: float
    high: float
    pvalue: float


def exact_odds_ratio(both: int, only_first: int, only_second: int, neither: int) -> OddsRatio:
    """Conditional maximum-likelihood odds ratio with exact interval (Fisher 1935; Cornfield 1956).

    Parameters
    ----------
    both, only_first, only_second, neither : int
        Genes in both sets, in one of them, and in none.

    Raises
    ------
    InputError
        If a count is negative.
    """
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    counts = [[int(both), int(only_first)], [int(only_second), int(neither)]]
    if min(map(min, counts)) < 0:
        raise InputError(f"a count of genes is negative: {counts}")
    if not all(map(sum, counts)) or not all(map(sum, zip(*counts, strict=True))):
        nothing = float("nan")
        return OddsRatio(nothing, nothing, nothing, 1.0)
    found = odds_ratio(counts)
    ends = found.confidence_interval(0.95)
    return OddsRatio(float(found.statistic), float(ends.low), float(ends.high), float(fisher_exact(counts).pvalue))

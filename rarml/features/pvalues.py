"""Exact distribution of an additive score under a Markov background, by dynamic programming over integer scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import SettingsError
from rarml.features.background import HUMAN_PROMOTERS, Background
from rarml.features.spacing import PairType


@dataclass(frozen=True, eq=False)
class ScoreDistribution:
    """P(score >= s) for every integer score s of one matrix.

    Attributes
    ----------
    lowest : int
        The lowest possible score (1/100 bit).
    survival : float64 (highest - lowest + 1,)
        ``survival[i]`` = P(score >= lowest + i); the first is 1.
    """

    lowest: int
    survival: NDArray[np.float64]

    @property
    def highest(self) -> int:
        """The highest possible score."""
        return self.lowest + len(self.survival) - 1

    def pvalue(self, scores: NDArray[np.integer] | int) -> NDArray[np.float64]:
        """Exact p-values of scores, same shape; 1 below the lowest score, 0 above the highest."""
        index = np.asarray(scores, dtype=np.int64) - self.lowest
        inside = self.survival[np.clip(index, 0, len(self.survival) - 1)]
        return np.where(index >= len(self.survival), 0.0, inside)

    def threshold(self, pvalue: float) -> int:
        """The smallest score whose p-value is at most `pvalue`; one above the highest if even that is likelier."""
        if not 0 < pvalue <= 1:
            raise SettingsError(f"p-value must be above 0 and at most 1, got {pvalue}")
        # survival falls with the score; side='left' on its negative finds the first entry <= pvalue
        return self.lowest + int(np.searchsorted(-self.survival, -pvalue, side="left"))


def score_distribution(matrix: NDArray[np.integer], background: Background) -> ScoreDistribution:
    """Distribution of the sum of one entry per row of `matrix` along a sequence drawn from `background`.

    Parameters
    ----------
    matrix : int (width, 4)
        Scores of A, C, G, T at each position.
    background : Background
        Order 0 or 1; the first base is drawn from its stationary shares.

    Notes
    -----
    Staden 1989 (CABIOS 5:89), with the last base as additional state for order 1. Integer scores make it exact up to
    float64 rounding: only additions and multiplications of non-negative numbers occur, so small tails keep their
    relative accuracy.
    """
    rows = np.asarray(matrix, dtype=np.int64)
    shifted = rows - rows.min(axis=1, keepdims=True)
    size = int(shifted.max(axis=1).sum()) + 1
    reach = int(shifted[0].max()) + 1
    state = np.zeros((4, size))
    state[np.arange(4), shifted[0]] = background.base
    for row in shifted[1:]:
        # mass[b] = probability that the next base is b, by score so far
        mass = background.step.T @ state[:, :reach]
        state = np.zeros((4, size))
        for base, points in enumerate(row):
            state[base, points : points + reach] = mass[base]
        reach += int(row.max())
    density = state.sum(axis=0)
    survival = np.minimum(np.cumsum(density[::-1])[::-1], 1.0)
    return ScoreDistribution(int(rows.min(axis=1).sum()), survival)


@lru_cache(maxsize=512)
def pair_distribution(pair: PairType, background: Background = HUMAN_PROMOTERS) -> ScoreDistribution:
    """Score distribution of a pair on its own strand, flanks and spacer included."""
    return score_distribution(pair.matrix(), background)


def benjamini_hochberg(pvalues: NDArray[np.float64], tests: int | None = None) -> NDArray[np.float64]:
    """q-values (Benjamini & Hochberg 1995) of the smallest p-values out of `tests` (default: all are given)."""
    values = np.asarray(pvalues, dtype=np.float64)
    if values.size == 0:
        return values.copy()
    order = np.argsort(values, kind="stable")
    scaled = values[order] * (tests or values.size) / np.arange(1, values.size + 1)
    adjusted = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    result = np.empty_like(adjusted)
    result[order] = adjusted
    return result

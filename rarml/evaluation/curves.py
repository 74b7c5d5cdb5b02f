"""Points of ROC, precision-recall and reliability curves, thinned to what a plot can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 300
Floats = NDArray[np.float64]


def roc_points(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates, from (0, 0) to (1, 1), one point per distinct score; empty if a class is."""
    true, false = _cumulative(truth, score)
    if not len(true) or not true[-1] or not false[-1]:
        return np.empty(0), np.empty(0)
    return _thin(np.r_[0, false] / false[-1], np.r_[0, true] / true[-1])


def pr_points(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Recall and precision, one point per distinct score, by rising recall; empty without a positive."""
    true, false = _cumulative(truth, score)
    if not len(true) or not true[-1]:
        return np.empty(0), np.empty(0)
    return _thin(true / true[-1], true / (true + false))


def reliability_bins(
    truth: NDArray[np.bool_], score: Floats, bins: int = 10
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]:
    """Mean prediction, observed share, its 95 % Wilson interval (low, high) and size, over bins of equal counts.

    Wilson 1927, 10.1080/01621459.1927.10502953. Equal scores stay in one bin; NaN scores are left out.
    """
    known = np.isfinite(score)
    truth, score = np.asarray(truth, dtype=bool)[known], np.asarray(score, dtype=float)[known]
    if not len(score):
        return (*(np.empty(0) for _ in range(4)), np.empty(0, dtype=np.int64))  # type: ignore[return-value]
    edges = np.unique(np.quantile(score, np.linspace(0, 1, bins + 1)))
    which = np.searchsorted(edges[1:-1], score, side="right") if len(edges) > 2 else np.zeros(len(score), dtype=int)
    used, which, size = np.unique(which, return_inverse=True, return_counts=True)
    mean = np.bincount(which, weights=score, minlength=len(used)) / size
    share = np.bincount(which, weights=truth, minlength=len(used)) / size
    z = 1.959963984540054
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return mean, share, np.minimum(centre - half, share), np.maximum(centre + half, share), size


def _cumulative(truth: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Positives and negatives at or above each distinct score, from the highest score down; NaN scores left out."""
    known = np.isfinite(score)
    truth, score = np.asarray(truth, dtype=bool)[known], np.asarray(score, dtype=float)[known]
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(score[order]) != 0, True]) if len(order) else np.empty(0, dtype=int)
    true = np.cumsum(truth[order])[last].astype(float)
    return true, last + 1.0 - true


def _thin(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """At most `MOST_POINTS` points, the ends among them."""
    if len(x) <= MOST_POINTS:
        return x, y
    keep = np.unique(np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int))
    return x[keep], y[keep]

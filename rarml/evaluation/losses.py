"""Losses of class probabilities under many weightings at once: log loss, Brier score, calibration error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rarml.evaluation.ranking import Floats

Codes = NDArray[np.intp]

# probabilities are stored with a few digits, so an exact 0 stands for "below what was kept", not for "impossible"
LEAST_PROBABILITY = 1e-6
BINS = 15  # Guo et al. 2017, doi:10.48550/arXiv.1706.04599


def log_loss_rows(codes: Codes, proba: Floats, weights: Floats) -> Floats:
    """Mean of -ln p(true class), probabilities kept at or above 1e-6.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Column of the true class.
    proba : ndarray of float64, shape (n, classes)
    weights : ndarray of float64, shape (weightings, n)

    Returns
    -------
    ndarray of float64, shape (weightings,)
    """
    own = proba[np.arange(len(codes)), codes]
    return _mean(-np.log(np.maximum(own, LEAST_PROBABILITY)), weights)


def brier_rows(codes: Codes, proba: Floats, weights: Floats) -> Floats:
    """Brier score: squared distance to the one-hot truth, halved for two classes (so it is the usual binary one).

    Shapes as in `log_loss_rows`. Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    distance = ((proba - np.eye(proba.shape[1])[codes]) ** 2).sum(axis=1)
    return _mean(distance / 2 if proba.shape[1] == 2 else distance, weights)


def ece_rows(codes: Codes, proba: Floats, weights: Floats, *, bins: int = BINS) -> Floats:
    """Expected calibration error: mean |observed - predicted| over bins of equally many genes, averaged over classes.

    Bins are cut once, on the unweighted genes, so that every weighting is judged in the same ones; genes of equal
    probability share a bin. Shapes as in `log_loss_rows`. Nixon et al. 2019, doi:10.48550/arXiv.1904.01685 (adaptive,
    class-wise).
    """
    truth = np.eye(proba.shape[1])[codes]
    # two classes hold the same error twice
    columns = range(1) if proba.shape[1] == 2 else range(proba.shape[1])
    errors = []
    for column in columns:
        chosen = np.eye(bins)[equal_bins(proba[:, column], bins)]
        excess = chosen * (proba[:, column] - truth[:, column])[:, None]
        errors.append(np.abs(weights @ excess).sum(axis=1))
    return np.mean(errors, axis=0) / weights.sum(axis=1)


def equal_bins(values: Floats, bins: int) -> Codes:
    """Bin (0 to bins - 1) of each value, bins holding equally many; equal values share the bin of their first rank."""
    rank = np.searchsorted(np.sort(values), values, side="left")
    return (rank * bins) // max(len(values), 1)


def _mean(values: Floats, weights: Floats) -> Floats:
    return (weights @ values) / weights.sum(axis=1)

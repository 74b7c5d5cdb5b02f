"""Class-conditional conformal p-values and prediction sets: which classes cannot be ruled out, with tested coverage.

A class is ruled out at level 90 % when 90 % of the calibration rows of that very class were given a higher probability
of it. So of new rows of any class, rare or common, 9 of 10 keep it in their set, whatever the model, as long as they
are drawn like the calibration rows (Mondrian conformal prediction: Vovk, Gammerman and Shafer 2005,
10.1007/b106715; conditional validity: Vovk 2012, 10.1007/s10994-013-5355-6).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rarml.core.errors import InputError
from rarml.estimators.prediction_sets import prediction_sets

_GRID = 1e-6
_MOST = 1_000_000  # calibration rows of a stored fold; no genome has so many genes


class ConformalSets(BaseEstimator):
    """Conformal p-values per class from the nonconformity 1 - p(class).

    Of many calibration rows only some are kept. Every count is then too large, never too small, by less than
    `precision` of itself: with the default, the 90 % set covers at most 0.2 points more than it would with all rows.
    Calibration scores are rounded up to 10^-6, which errs to the same side.

    Parameters
    ----------
    precision : float
        Largest relative error of a count; 0 keeps every row.

    Attributes
    ----------
    counts_ : ndarray of int, shape (classes,)
        Calibration rows per class.
    ranks_ : tuple of ndarray of int
        Per class the ranks (1 = largest nonconformity) of the rows kept.
    scores_ : tuple of ndarray of float64
        Per class the nonconformity at those ranks, falling.
    """

    def __init__(self, precision: float = 0.02):
        self.precision = precision

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to class probabilities of shape (n, classes) and class codes of shape (n,) of rows unseen in training.

        A class may have no row; nothing then ever rules it out.

        Raises
        ------
        InputError
            If a probability is missing or outside 0 to 1, or a code is no column.
        """
        proba, codes = _probabilities(X), np.asarray(y)
        if codes.shape != (len(proba),) or not np.isin(codes, range(proba.shape[1])).all():
            raise InputError(f"calibration needs one class code from 0 to {proba.shape[1] - 1} for each row")
        falling = [np.sort(_rounded_up(1 - proba[codes == c, c]))[::-1] for c in range(proba.shape[1])]
        self.counts_ = np.asarray([len(scores) for scores in falling])
        self.ranks_ = tuple(_kept_ranks(len(scores), self.precision) for scores in falling)
        self.scores_ = tuple(scores[ranks - 1] for scores, ranks in zip(falling, self.ranks_, strict=True))
        return self

    def exceeding(self, X: ArrayLike) -> NDArray[np.int64]:
        """Calibration rows of each class at least as unlike it as each row of `X`; shape (n, classes).

        For several calibrations joined into one p-value (`p_value`).
        """
        check_is_fitted(self, "counts_")
        own = 1 - _probabilities(X)
        found = np.empty(own.shape, dtype=np.int64)
        for c, (ranks, scores, n) in enumerate(zip(self.ranks_, self.scores_, self.counts_, strict=True)):
            # the first kept row that is less unlike bounds the count from above
            first_below = np.searchsorted(-scores, -own[:, c], side="right")
            found[:, c] = np.append(ranks - 1, n)[first_below]
        return found

    def p_values(self, X: ArrayLike) -> NDArray[np.float64]:
        """Conformal p-value of each class for probabilities of shape (n, classes); rows need not sum to 1."""
        return p_value(self.exceeding(X), self.counts_)

    def sets(self, X: ArrayLike, level: float) -> NDArray[np.bool_]:
        """Whether each class is in the prediction set at `level` (0 to 1), shape (n, classes)."""
        return prediction_sets(self.p_values(X), level)

    def to_dict(self) -> dict[str, Any]:
        """Numbers only."""
        check_is_fitted(self, "counts_")
        return {
            "precision": self.precision,
            "counts": self.counts_.tolist(),
            "scores": [np.round(scores, 6).tolist() for scores in self.scores_],
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Raises
        ------
        ValueError
            If the scores kept are not as many as their counts and the precision ask for.
        """
        found = cls(precision=content["precision"])
        found.counts_ = np.asarray(content["counts"], dtype=np.int64)
        if not 0 <= float(found.precision) <= 1 or not ((found.counts_ >= 0) & (found.counts_ <= _MOST)).all():
            raise ValueError("the calibration counts or their precision are absurd")
        found.ranks_ = tuple(_kept_ranks(int(n), found.precision) for n in found.counts_)
        found.scores_ = tuple(np.asarray(scores, dtype=np.float64) for scores in content["scores"])
        if [len(scores) for scores in found.scores_] != [len(ranks) for ranks in found.ranks_]:
            raise ValueError("the calibration scores are not as many as their counts ask for")
        if any(not ((scores >= 0) & (scores <= 1)).all() for scores in found.scores_):
            raise ValueError("a calibration score is no number from 0 to 1")
        return found


def p_value(exceeding: ArrayLike, counts: ArrayLike) -> NDArray[np.float64]:
    """(1 + calibration rows at least as unlike) / (1 + calibration rows): the row itself counts as one of them."""
    return (1.0 + np.asarray(exceeding)) / (1.0 + np.asarray(counts))


def _kept_ranks(n: int, precision: float) -> NDArray[np.int64]:
    """Ranks 1.. up to n, each at most 1 or a share `precision` above the one before."""
    ranks, rank = [], 1
    while rank <= n:
        ranks.append(rank)
        rank += max(1, int(precision * rank))
    return np.asarray(ranks, dtype=np.int64)


def _rounded_up(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    # as many digits as are written, so that what is loaded is what was fitted
    return np.round(np.ceil(scores / _GRID) * _GRID, 6)


def _probabilities(X: ArrayLike) -> NDArray[np.float64]:
    proba = np.asarray(X, dtype=np.float64)
    if proba.ndim != 2 or not ((proba >= 0) & (proba <= 1)).all():
        raise InputError("class probabilities must be a table of numbers from 0 to 1, none missing")
    return proba

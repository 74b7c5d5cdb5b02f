"""Does a gene look like those the model was trained on?"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rarml.core.errors import BundleError

_TAIL = 0.5
_RARELY_MISSING = 0.05


class DomainCheck(BaseEstimator):
    """Share of a row's features that lie outside the middle 99 % of the training rows, or are missing against habit.

    One row's answer depends on no other row. A distance of 0.01 is what a typical training row has; its percentile
    among the training rows is what is shown.

    Attributes
    ----------
    low_, high_ : ndarray of shape (features,)
        The 0.5 % and 99.5 % quantiles of the training rows; NaN where a feature was always missing.
    rarely_missing_ : ndarray of bool
        Features missing in fewer than 5 % of the training rows.
    distances_ : ndarray of shape (1001,)
        Quantiles of the training rows' distances.
    """

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fit to training rows of shape (n, features), NaN where missing."""
        rows = np.asarray(X, dtype=np.float32)
        missing = np.isnan(rows)
        self.rarely_missing_ = missing.mean(axis=0) < _RARELY_MISSING
        filled = np.where(missing.all(axis=0), 0.0, rows)
        self.low_, self.high_ = np.nanpercentile(filled, [_TAIL, 100 - _TAIL], axis=0).astype(np.float32)
        self.distances_ = np.quantile(self.distance(rows), np.linspace(0, 1, 1001))
        return self

    def distance(self, X: ArrayLike) -> NDArray[np.float64]:
        """Share of features outside the training range, shape (n,), from 0 to 1."""
        check_is_fitted(self, "low_")
        rows = np.asarray(X, dtype=np.float32)
        outside = (rows < self.low_) | (rows > self.high_) | (np.isnan(rows) & self.rarely_missing_)
        return outside.mean(axis=1)

    def percentile(self, X: ArrayLike) -> NDArray[np.float64]:
        """Percentile (0-100) of each row's distance among the training rows, shape (n,)."""
        found = self.distance(X)
        return 100.0 * np.searchsorted(self.distances_, found, side="left") / len(self.distances_)

    def to_dict(self) -> dict[str, Any]:
        """Numbers only."""
        check_is_fitted(self, "low_")
        return {
            "low": self.low_.tolist(),
            "high": self.high_.tolist(),
            "rarely_missing": self.rarely_missing_.tolist(),
            "distances": self.distances_.tolist(),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Raises
        ------
        BundleError
            If a part is missing, of another length, or no rising row of numbers.
        """
        check = cls()
        try:
            check.low_ = np.asarray(content["low"], dtype=np.float32)
            check.high_ = np.asarray(content["high"], dtype=np.float32)
            check.rarely_missing_ = np.asarray(content["rarely_missing"], dtype=bool)
            check.distances_ = np.asarray(content["distances"], dtype=np.float64)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BundleError(f"the domain check is damaged: {error}", fix="restore the model folder") from error
        lengths = {check.low_.shape, check.high_.shape, check.rarely_missing_.shape}
        distances = check.distances_
        rising = distances.ndim == 1 and len(distances) > 0 and bool((np.diff(distances) >= 0).all())
        if len(lengths) > 1 or check.low_.ndim != 1 or not rising or not np.isfinite(distances).all():
            raise BundleError("the domain check is damaged: its numbers do not fit", fix="restore the model folder")
        return check

"""Linear multi-task regression on k-mer counts: the plain model of promoter sequence that a network has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rarml.estimators.kmers import log_counts

_LEAST_SPREAD = 1e-6


class KmerRidge(BaseEstimator):
    """Ridge regression of many targets on log counts of k-mers, both strands counted together.

    Parameters
    ----------
    k : int
        Bases per word.
    ridge : float
        Penalty on standardised words and targets, in units of rows.

    Attributes
    ----------
    weights_ : float32 array of shape (words, targets)
        From centred log counts to standardised targets.
    centre_ : float32 array of shape (words,)
        Mean log count of each word in the training rows.
    """

    def __init__(self, k: int = 6, ridge: float = 30000.0):
        self.k = k
        self.ridge = ridge

    def fit(self, X: NDArray[np.uint8], y: ArrayLike) -> Self:
        """Fit to base codes, uint8 of shape (n, length), and targets of shape (n, targets), NaN where not measured.

        Targets are standardised; each is fitted on the rows in which it is known.
        """
        return self.fit_counts(log_counts(X, self.k), y)

    def fit_counts(self, counts: NDArray[np.float32], y: ArrayLike) -> Self:
        """`fit` for counts that `log_counts` has made."""
        targets = np.asarray(y, dtype=np.float64)
        targets = (targets - np.nanmean(targets, axis=0)) / np.maximum(np.nanstd(targets, axis=0), _LEAST_SPREAD)
        self.centre_ = counts.mean(axis=0, dtype=np.float64).astype(np.float32)
        spread = np.maximum(counts.std(axis=0, dtype=np.float64), _LEAST_SPREAD).astype(np.float32)
        standard = (counts - self.centre_) / spread
        weights = np.empty((counts.shape[1], targets.shape[1]))
        patterns, which = np.unique(~np.isnan(targets), axis=1, return_inverse=True)
        for number in range(patterns.shape[1]):
            rows, columns = patterns[:, number], which.ravel() == number
            some = standard[rows]
            gram = (some.T @ some).astype(np.float64)
            gram[np.diag_indices_from(gram)] += self.ridge
            right = some.T @ targets[np.ix_(rows, columns)].astype(np.float32)
            weights[:, columns] = cho_solve(cho_factor(gram, overwrite_a=True), right.astype(np.float64))
        self.weights_ = (weights / spread[:, None]).astype(np.float32)
        return self

    def predict(self, X: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Standardised predictions, float32 of shape (n, targets)."""
        return self.predict_counts(log_counts(X, self.k))

    def predict_counts(self, counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """`predict` for counts that `log_counts` has made."""
        check_is_fitted(self, "weights_")
        return (counts - self.centre_) @ self.weights_

    def to_tensors(self) -> dict[str, NDArray[Any]]:
        """Arrays by name, weights as float16 in units of their column's largest."""
        check_is_fitted(self, "weights_")
        # columns of one size: small weights stay in the range of float16; a column of zeros stays one
        scale = np.maximum(np.abs(self.weights_).max(axis=0), np.finfo(np.float32).tiny)
        return {  # in C order: safetensors stores the memory as it lies and would mix up any other
            "weights": np.ascontiguousarray(self.weights_ / scale, dtype=np.float16),
            "scale": np.ascontiguousarray(scale, dtype=np.float32),
            "centre": np.ascontiguousarray(self.centre_),
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], parameters: Mapping[str, Any]) -> Self:
        """The inverse of `to_tensors` and `get_params`."""
        model = cls(**parameters)
        # in C order, however the array came to be: the matrix product of another layout differs in the last digits
        weights = np.ascontiguousarray(tensors["weights"], dtype=np.float32)
        model.weights_ = weights * np.asarray(tensors["scale"])
        model.centre_ = np.asarray(tensors["centre"], dtype=np.float32)
        return model

    def narrowed(self, targets: Sequence[int]) -> Self:
        """The model of some targets only, its weights rounded as they are stored."""
        tensors = self.to_tensors()
        some = {name: tensors[name][..., list(targets)] for name in ("weights", "scale")}
        return type(self).from_tensors({**tensors, **some}, self.get_params())

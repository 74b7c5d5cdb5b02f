"""One probability from several branches: a multinomial logistic map of their log probabilities on held-out genes.

The map is vector scaling (Guo 2017, arXiv:1706.04599) with a term per branch, so that stacking and calibration are one
step with few parameters: logits_c = sum over branches b of weight[b, c] * log p_b,c, plus a shift per class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rarml.estimators.probability import softmax

_SMALLEST = 1e-6
_LEAST_WEIGHT, _LARGEST_WEIGHT = 0.05, 10.0


class StackedCalibrator(BaseEstimator):
    """Join and calibrate the class probabilities of several branches.

    The first branch is the one to trust: a ridge draws its weights towards 1 and those of the others towards 0, and no
    weight may be negative. So a branch that adds nothing gets nothing, a class with few members is only shifted, and
    the shifts undo class weights. With one branch this is calibration alone. Stacking on held-out predictions with
    non-negative weights: Breiman 1996, 10.1007/BF00117832.

    Parameters
    ----------
    ridge : float
        Strength of the pull, in units of rows.

    Attributes
    ----------
    weight_ : ndarray of shape (branches, classes)
        At least 0.05 for the first branch, at least 0 for the others.
    shift_ : ndarray of shape (classes,)
        The last one is 0.
    """

    def __init__(self, ridge: float = 10.0):
        self.ridge = ridge

    def fit(self, X: Sequence[ArrayLike], y: ArrayLike) -> Self:
        """Fit to held-out probabilities, one array of shape (n, classes) per branch, and class codes of shape (n,)."""
        logs = _logs(X)
        codes = np.asarray(y)
        n_branches, n, n_classes = logs.shape
        onehot = np.eye(n_classes)[codes]
        towards = np.zeros((n_branches, n_classes))
        towards[0] = 1.0
        n_weights = towards.size
        prior = (onehot.sum(axis=0) + 0.5) / (n + 0.5 * n_classes)
        shift = np.log(prior) - np.log(np.exp(logs[0]).mean(axis=0))
        start = np.concatenate([towards.ravel(), (shift - shift[-1])[:-1]])

        def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            weight = values[:n_weights].reshape(towards.shape)
            proba = softmax((weight[:, None] * logs).sum(axis=0) + np.append(values[n_weights:], 0.0))
            picked = np.maximum(proba[np.arange(n), codes], _SMALLEST)
            pull = weight - towards
            residual = proba - onehot
            value = -np.log(picked).sum() + 0.5 * self.ridge * (pull**2).sum()
            by_weight = (residual * logs).sum(axis=1) + self.ridge * pull
            return float(value) / n, np.concatenate([by_weight.ravel(), residual.sum(axis=0)[:-1]]) / n

        lowest = np.zeros_like(towards)
        lowest[0] = _LEAST_WEIGHT  # the first branch always keeps its order
        bounds = [(low, _LARGEST_WEIGHT) for low in lowest.ravel()] + [(-20.0, 20.0)] * (n_classes - 1)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        self.weight_ = found[:n_weights].reshape(towards.shape)
        self.shift_ = np.append(found[n_weights:], 0.0)
        return self

    def transform(self, X: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n, classes); rows sum to 1."""
        check_is_fitted(self, "weight_")
        return softmax((self.weight_[:, None] * _logs(X)).sum(axis=0) + self.shift_)

    def to_dict(self) -> dict[str, Any]:
        """Numbers only."""
        check_is_fitted(self, "weight_")
        return {"ridge": self.ridge, "weight": self.weight_.tolist(), "shift": self.shift_.tolist()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        stack = cls(ridge=content["ridge"])
        stack.weight_ = np.asarray(content["weight"], dtype=np.float64)
        stack.shift_ = np.asarray(content["shift"], dtype=np.float64)
        if stack.weight_.ndim != 2 or stack.shift_.shape != stack.weight_.shape[1:]:
            raise ValueError("the weights of a stack are of unlike length")
        if not (np.isfinite(stack.weight_).all() and np.isfinite(stack.shift_).all()) or (stack.weight_ < 0).any():
            raise ValueError("a weight of a stack is negative or no finite number")
        return stack


def _logs(parts: Sequence[ArrayLike]) -> NDArray[np.float64]:
    return np.log(np.clip(np.stack([np.asarray(part, dtype=np.float64) for part in parts]), _SMALLEST, 1.0))

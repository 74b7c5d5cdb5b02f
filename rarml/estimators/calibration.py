"""Probabilities that mean what they say: vector scaling fitted on held-out predictions."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

_SMALLEST = 1e-6


class ProbabilityCalibrator(TransformerMixin, BaseEstimator):
    """Vector scaling (Guo 2017, arXiv:1706.04599): softmax(scale * log p + shift), one scale and shift per class.

    The scales are drawn towards 1 (no change) by a ridge, so that a class with few members is only shifted; the shifts
    alone already undo class weights. Kull 2019 (arXiv:1910.12656) shows the full-matrix form, which needs more data.

    Parameters
    ----------
    ridge : float
        Strength of the pull of each scale towards 1, in units of rows.

    Attributes
    ----------
    scale_, shift_ : ndarray of shape (classes,)
        Fitted scales (at least 0.05, so that the order of genes is kept) and shifts (the last one is 0).
    """

    def __init__(self, ridge: float = 10.0):
        self.ridge = ridge

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to held-out probabilities, shape (n, classes), and class codes 0.. of shape (n,)."""
        logs = _log(X)
        codes = np.asarray(y)
        n_classes = logs.shape[1]
        onehot = np.eye(n_classes)[codes]
        prior = (onehot.sum(axis=0) + 0.5) / (len(codes) + 0.5 * n_classes)
        start_shift = np.log(prior) - np.log(np.exp(logs).mean(axis=0))
        start = np.concatenate([np.ones(n_classes), start_shift - start_shift[-1]])[:-1]

        def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            scale, shift = values[:n_classes], np.append(values[n_classes:], 0.0)
            logits = scale * logs + shift
            logits -= logits.max(axis=1, keepdims=True)
            proba = np.exp(logits)
            proba /= proba.sum(axis=1, keepdims=True)
            picked = np.maximum(proba[np.arange(len(codes)), codes], _SMALLEST)
            residual = proba - onehot
            value = -np.log(picked).sum() + 0.5 * self.ridge * ((scale - 1) ** 2).sum()
            gradient = np.concatenate(
                [(residual * logs).sum(axis=0) + self.ridge * (scale - 1), residual.sum(axis=0)[:-1]]
            )
            return float(value) / len(codes), gradient / len(codes)

        bounds = [(0.05, 10.0)] * n_classes + [(-20.0, 20.0)] * (n_classes - 1)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        self.scale_ = found[:n_classes]
        self.shift_ = np.append(found[n_classes:], 0.0)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n, classes); rows sum to 1."""
        check_is_fitted(self, "scale_")
        return softmax(self.scale_ * _log(X) + self.shift_)

    def to_dict(self) -> dict[str, Any]:
        """Numbers only."""
        check_is_fitted(self, "scale_")
        return {"ridge": self.ridge, "scale": self.scale_.tolist(), "shift": self.shift_.tolist()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        calibrator = cls(ridge=content["ridge"])
        calibrator.scale_ = np.asarray(content["scale"], dtype=np.float64)
        calibrator.shift_ = np.asarray(content["shift"], dtype=np.float64)
        return calibrator


def shift_prevalence(proba: ArrayLike, old: ArrayLike, new: ArrayLike) -> NDArray[np.float64]:
    """Probabilities moved from class shares `old` to `new` (Saerens 2002, 10.1162/089976602753284446).

    Parameters
    ----------
    proba : array of shape (n, classes)
        Calibrated at the shares `old`.
    old, new : array of shape (classes,)
        Class shares; each sums to 1.
    """
    moved = np.asarray(proba, dtype=np.float64) * (np.asarray(new) / np.asarray(old))
    return moved / moved.sum(axis=1, keepdims=True)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of probabilities from rows of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _log(proba: ArrayLike) -> NDArray[np.float64]:
    return np.log(np.clip(np.asarray(proba, dtype=np.float64), _SMALLEST, 1.0))

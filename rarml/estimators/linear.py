"""Multinomial logistic regression on centred features, with missing values at their mean."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from rarml.estimators.classifier import MissingValuesClassifier
from rarml.estimators.probability import softmax

_LEAST_SPREAD = 1e-6
_DIGITS = 5


class LinearClassifier(MissingValuesClassifier):
    """Softmax of a linear map of centred features; a missing value counts as the training mean.

    No class weights: plain likelihood ranks rare classes better, and calibration has less to undo.

    Parameters
    ----------
    C : float
        Inverse strength of the ridge, as in scikit-learn's LogisticRegression.
    standardise : bool
        Give every feature the same spread; without, features with a large spread are trusted more.

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted.
    mean_, spread_ : ndarray of shape (features,)
        Of the training rows; the spread is 1 where features are not standardised.
    coef_ : ndarray of shape (classes, features)
        On centred (and standardised) features, rounded to 5 digits: what is stored is exactly what answers.
    intercept_ : ndarray of shape (classes,)
    """

    def __init__(self, C: float = 0.003, *, standardise: bool = True):
        self.C = C
        self.standardise = standardise

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to features of shape (n, features), NaN where missing, and class labels of shape (n,).

        Raises
        ------
        ValueError
            If fewer than two classes are present.
        """
        features, codes = self._training_data(X, y, np.float64)
        known = ~np.isnan(features)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, features, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, features - mean, 0.0) ** 2).sum(axis=0) / count)
        spread = spread if self.standardise else np.ones_like(spread)
        self.mean_, self.spread_ = _rounded(mean), _rounded(np.maximum(spread, _LEAST_SPREAD))
        fitted = LogisticRegression(C=self.C, max_iter=1000).fit(self._standard(features), codes)
        coef, intercept = fitted.coef_, fitted.intercept_
        if len(self.classes_) == 2:  # one row says both: softmax(-z/2, z/2) is the logistic of z
            coef, intercept = np.concatenate([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
        self.coef_, self.intercept_ = _rounded(coef), _rounded(intercept)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Uncalibrated probabilities, shape (n, classes), in the order of `classes_`."""
        check_is_fitted(self, "coef_")
        return softmax(self._standard(self._features(X, np.float64)) @ self.coef_.T + self.intercept_)

    def contributions(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each feature adds to the margins: its coefficient times its distance from the mean; 0 where missing.

        These are the Shapley values of a linear map whose features are taken one by one.

        Parameters
        ----------
        X : array of shape (n, features)
            NaN where missing.

        Returns
        -------
        contributions : float64 array of shape (n, classes, features)
            They and the base sum to the margins, whose softmax `predict_proba` gives.
        base : float64 array of shape (classes,)
            Margins of a row of mean values.
        """
        check_is_fitted(self, "coef_")
        return self._standard(self._features(X, np.float64))[:, None, :] * self.coef_, self.intercept_.copy()

    def to_dict(self) -> dict[str, Any]:
        """Parameters and numbers as plain values."""
        check_is_fitted(self, "coef_")
        return {
            "parameters": self.get_params(),
            "classes": self.classes_.tolist(),
            "mean": self.mean_.tolist(),
            "spread": self.spread_.tolist(),
            "coef": self.coef_.tolist(),
            "intercept": self.intercept_.tolist(),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        model = cls(**content["parameters"])
        model.classes_ = np.array(content["classes"])
        for name in ("mean", "spread", "coef", "intercept"):
            setattr(model, f"{name}_", np.array(content[name], dtype=np.float64))
        model.n_features_in_ = len(model.mean_)
        shapes = {model.mean_.shape, model.spread_.shape, model.coef_.shape[1:]}
        rows = {model.classes_.shape, model.coef_.shape[:1], model.intercept_.shape}
        if len(shapes) > 1 or len(rows) > 1 or model.mean_.ndim != 1:
            raise ValueError("the weights of a linear branch are of unlike length")
        if not all(np.isfinite(getattr(model, f"{name}_")).all() for name in ("mean", "spread", "coef", "intercept")):
            raise ValueError("a weight of a linear branch is no finite number")
        if (model.spread_ <= 0).any():
            raise ValueError("a spread of a linear branch is not positive")
        return model

    def _standard(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.nan_to_num((features - self.mean_) / self.spread_)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of 5 significant digits."""
    flat = [float(f"{value:.{_DIGITS}g}") for value in values.ravel()]
    return np.array(flat).reshape(values.shape)

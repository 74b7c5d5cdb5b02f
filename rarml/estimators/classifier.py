"""What rarml's classifiers share: missing values allowed, classes checked, the likeliest class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data


class MissingValuesClassifier(ClassifierMixin, BaseEstimator):
    """A scikit-learn classifier of features of which some may be missing (NaN).

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted.
    """

    def __sklearn_tags__(self) -> Any:
        """Missing values are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Uncalibrated probabilities, shape (n, classes), in the order of `classes_`."""
        raise NotImplementedError

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class per row."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def _training_data(self, X: ArrayLike, y: ArrayLike, dtype: DTypeLike) -> tuple[NDArray[Any], NDArray[np.integer]]:
        """Features and class codes 0.. of the rows to fit to; sets `classes_`.

        Raises
        ------
        ValueError
            If fewer than two classes are present.
        """
        features, target = validate_data(self, X, y, dtype=dtype, ensure_all_finite="allow-nan")
        check_classification_targets(target)
        self.classes_, codes = np.unique(target, return_inverse=True)
        if len(self.classes_) < 2:
            name = type(self).__name__
            raise ValueError(f"{name} needs at least two classes, got one class: {self.classes_}")
        return features, codes

    def _features(self, X: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
        """Features of the rows to answer for."""
        checked: NDArray[Any] = validate_data(self, X, dtype=dtype, ensure_all_finite="allow-nan", reset=False)
        return checked


def class_weights(counts: NDArray[np.integer], balance: float) -> NDArray[np.float64]:
    """(n / (classes * n_class)) ** balance, shape (classes,): 1 for all at a balance of 0, inverse shares at 1.

    Parameters
    ----------
    counts : int array of shape (classes,)
        Rows of each class.
    balance : float
        0 to 1.
    """
    weights: NDArray[np.float64] = (counts.sum() / (len(counts) * counts)) ** balance
    return weights

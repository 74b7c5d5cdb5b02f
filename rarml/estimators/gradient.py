"""Gradient-boosted trees for two or three classes, with class weights from the training rows."""

from __future__ import annotations

import json
from typing import Any, Self

import numpy as np
import xgboost as xgb
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from rarml.core.errors import BundleError
from rarml.core.interrupts import interrupts_wait
from rarml.estimators.booster_check import check_booster
from rarml.estimators.classifier import MissingValuesClassifier, class_weights

# neither prediction nor SHAP values read these: leaf values lie in split_conditions, node means come from the covers
_UNUSED = ("loss_changes", "base_weights")
_COVER_DIGITS = 2
_LEAF_DIGITS = 4
_LEAF = -1


class GradientClassifier(MissingValuesClassifier):
    """Histogram gradient boosting (XGBoost, 10.1145/2939672.2939785) with missing values as they are.

    Parameters
    ----------
    n_rounds : int
        Boosting rounds; each adds one tree per class.
    learning_rate, max_depth, min_child_weight, reg_lambda, subsample, colsample, max_bin
        As in XGBoost (`colsample` is the share of columns each tree sees).
    balance : float
        See `class_weights`: 0 none, 1 fully balanced. The weights distort the probabilities, so calibrate them
        afterwards.
    seed : int
        Seed of row and column sampling.
    n_threads : int
        Threads. Sums are added in another order on more of them, so the model differs in the last digits.

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted.
    booster_ : xgboost.Booster
        The fitted trees.
    importance_ : ndarray of shape (features,)
        Total gain per feature.
    """

    def __init__(
        self,
        *,
        n_rounds: int = 90,
        learning_rate: float = 0.1,
        max_depth: int = 3,
        min_child_weight: float = 4.0,
        reg_lambda: float = 4.0,
        subsample: float = 0.8,
        colsample: float = 0.3,
        max_bin: int = 64,
        balance: float = 0.5,
        seed: int = 0,
        n_threads: int = 1,
    ):
        self.n_rounds = n_rounds
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.min_child_weight = min_child_weight
        self.reg_lambda = reg_lambda
        self.subsample = subsample
        self.colsample = colsample
        self.max_bin = max_bin
        self.balance = balance
        self.seed = seed
        self.n_threads = n_threads

    def fit(self, X: ArrayLike, y: ArrayLike, *, column_weights: ArrayLike | None = None) -> Self:
        """Fit to features of shape (n, features), NaN where missing, and class labels of shape (n,).

        Parameters
        ----------
        X, y : array-like
            Features and classes.
        column_weights : array-like of shape (features,), optional
            A tree draws its columns in proportion to these; alike by default.

        Raises
        ------
        ValueError
            If fewer than two classes are present.
        """
        features, codes = self._training_data(X, y, np.float32)
        weights = class_weights(np.bincount(codes), self.balance)
        with interrupts_wait():  # it reads the arrays through callbacks
            data = xgb.QuantileDMatrix(
                features,
                label=codes,
                weight=weights[codes],
                feature_weights=column_weights,
                max_bin=self.max_bin,
                nthread=self.n_threads,
            )
        trained = xgb.train(self._parameters(), data, num_boost_round=self.n_rounds)
        self.importance_ = _total_gain(trained, features.shape[1])
        self.booster_ = _compact(trained, self.n_threads)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Uncalibrated probabilities, shape (n, classes), in the order of `classes_`."""
        check_is_fitted(self, "booster_")
        return np.asarray(self.booster_.inplace_predict(self._features(X, np.float32)), dtype=np.float64)

    def contributions(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Exact Shapley values of the margins (path-dependent tree SHAP; Lundberg 2020, 10.1038/s42256-019-0138-9).

        Parameters
        ----------
        X : array of shape (n, features)
            NaN where missing; a gene can get credit for a value that it lacks.

        Returns
        -------
        contributions : float64 array of shape (n, classes, features)
            They and the base sum to the margins, whose softmax `predict_proba` gives.
        base : float64 array of shape (classes,)
            Mean margins over the training rows, weighted as the trees weight them (by their Hessian).
        """
        check_is_fitted(self, "booster_")
        data = xgb.DMatrix(self._features(X, np.float32), nthread=self.n_threads)
        found = np.asarray(self.booster_.predict(data, pred_contribs=True), dtype=np.float64)
        return found[:, :, :-1], found[0, :, -1]  # the base is the same in every row

    def to_dict(self) -> dict[str, Any]:
        """Parameters, classes and the booster's own JSON as plain values."""
        check_is_fitted(self, "booster_")
        parameters = {key: value for key, value in self.get_params().items() if key != "n_threads"}
        return {
            "parameters": parameters,
            "classes": self.classes_.tolist(),
            "features": int(self.n_features_in_),
            "importance": [float(f"{gain:.4g}") for gain in self.importance_],
            "booster": json.loads(self.booster_.save_raw("json")),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any], *, n_threads: int = 1) -> Self:
        """The inverse of `to_dict`.

        Raises
        ------
        BundleError
            If the trees cannot be read.
        """
        model = cls(**content["parameters"], n_threads=n_threads)
        model.classes_ = np.array(content["classes"])
        model.n_features_in_ = int(content["features"])
        model.importance_ = np.array(content["importance"], dtype=np.float64)
        if len(model.importance_) != model.n_features_in_ or not np.isfinite(model.importance_).all():
            raise BundleError("the importances of the trees are damaged")
        try:
            check_booster(content["booster"], model.n_features_in_, len(model.classes_))
            model.booster_ = _from_json(content["booster"], n_threads)
        except (
            xgb.core.XGBoostError,
            KeyError,
            TypeError,
            ValueError,
            OverflowError,
            AttributeError,
            IndexError,
        ) as error:
            raise BundleError(f"trees cannot be read: {str(error).splitlines()[0][:120]}") from error
        return model

    def _parameters(self) -> dict[str, Any]:
        return {
            "objective": "multi:softprob",
            "num_class": len(self.classes_),
            "tree_method": "hist",
            "eta": self.learning_rate,
            "max_depth": self.max_depth,
            "min_child_weight": self.min_child_weight,
            "lambda": self.reg_lambda,
            "subsample": self.subsample,
            "colsample_bytree": self.colsample,
            "max_bin": self.max_bin,
            "seed": self.seed,
            "nthread": self.n_threads,
            "verbosity": 0,
        }


def require_library(written_with: str, *, where: str) -> None:
    """Refuse trees written by a newer XGBoost: an older one shifts their probabilities without a word.

    Raises
    ------
    BundleError
        If the XGBoost here is older (by major and minor version) than `written_with`.
    """
    here = tuple(int(part) for part in xgb.__version__.split(".")[:2])
    there = tuple(int(part) for part in written_with.split(".")[:2])
    if here < there:
        raise BundleError(
            f"was written with xgboost {written_with}, this is {xgb.__version__}",
            where=where,
            fix=f"install xgboost {written_with} or newer",
        )


def _compact(booster: xgb.Booster, n_threads: int) -> xgb.Booster:
    """The same trees with leaf values of 4 digits and covers of 2: what is stored is then exactly what was fitted."""
    content = json.loads(booster.save_raw("json"))
    for tree in content["learner"]["gradient_booster"]["model"]["trees"]:
        for name in _UNUSED:
            tree[name] = [0.0] * len(tree[name])
        tree["sum_hessian"] = [float(f"{cover:.{_COVER_DIGITS}g}") for cover in tree["sum_hessian"]]
        tree["split_conditions"] = [
            float(f"{value:.{_LEAF_DIGITS}g}") if child == _LEAF else value
            for value, child in zip(tree["split_conditions"], tree["left_children"], strict=True)
        ]
    return _from_json(content, n_threads)


def _from_json(content: dict[str, Any], n_threads: int) -> xgb.Booster:
    for tree in content["learner"]["gradient_booster"]["model"]["trees"]:
        _add_up_covers(tree)
    booster = xgb.Booster({"nthread": n_threads})
    booster.load_model(bytearray(json.dumps(content).encode()))
    return booster


def _add_up_covers(tree: dict[str, Any]) -> None:
    """Make the cover of each split that of its branches, which it weighs in SHAP; rounded ones do not add up."""
    covers = tree["sum_hessian"]
    splits = zip(tree["left_children"], tree["right_children"], strict=True)
    for node, (left, right) in reversed(list(enumerate(splits))):  # children come after their parents
        if left != _LEAF:
            covers[node] = covers[left] + covers[right]


def _total_gain(booster: xgb.Booster, n_features: int) -> NDArray[np.float64]:
    gain = np.zeros(n_features)
    for name, value in booster.get_score(importance_type="total_gain").items():
        gain[int(name.removeprefix("f"))] = value
    return gain

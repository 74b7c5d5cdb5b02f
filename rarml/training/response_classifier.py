"""The model of rarml as a scikit-learn classifier, for any feature table: branches, cross-fitted and stacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from rarml.core.errors import InputError
from rarml.core.seeds import child_rng
from rarml.estimators.classifier import MissingValuesClassifier
from rarml.training.branches import GradientSettings, LinearSettings, SequenceSettings
from rarml.training.conformal import fit_conformal
from rarml.training.crossfit import CLASS_ORDER, LEAST_TO_FIT, crossfit
from rarml.training.crossfit_model import CrossfitModel, CrossfitSettings
from rarml.training.prediction import Prediction, prediction_table


class RetinoidResponseClassifier(MissingValuesClassifier):
    """Which genes respond to retinoic acid: gradient-boosted trees and linear branches, cross-fitted and calibrated.

    The model that `rarml train` fits (`rarml.training.crossfit.crossfit`), without files around it. Probabilities are
    calibrated on genes that the branches did not see.

    Parameters
    ----------
    n_folds : int
        Parts of the training genes for cross-fitting; n_folds * (n_folds - 1) / 2 models are fitted. At least 3.
    n_rounds : int
        Boosting rounds of the trees.
    learning_rate : float
        Shrinkage of each of them.
    max_depth : int
        Depth of each tree.
    linear_C : float
        Inverse ridge of the linear branch.
    sequence_C : float
        Inverse ridge of the branch on columns named ``sequence:…``.
    block_dropout : float
        Share of genes that lose a kind of evidence in each fit, see `CrossfitSettings`.
    least_per_class : int
        Fewest genes of a class that a fit may be left with.
    n_jobs : int, optional
        Fits at once, each on one thread; all processors by default. The result is the same for any number.
    random_state : int, RandomState or None
        Root of all chance. The default is the seed of `rarml train`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Two or three classes, sorted.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only if `X` had column names. A name ``block:rest`` tells the kind of evidence of a column.
    model_ : CrossfitModel
        The fitted model.
    held_out_proba_ : ndarray of shape (n_training, n_classes)
        Calibrated probabilities of the training genes by models that saw nothing of their part.

    Notes
    -----
    Give whole chromosomes as `groups` to `fit` (``rarml.ChromosomeFolds().chromosomes(X)``). Without groups the parts
    are drawn at random, and related genes in different parts make calibration and `held_out_proba_` too bold.
    """

    def __init__(
        self,
        n_folds: int = 6,
        n_rounds: int = 90,
        learning_rate: float = 0.1,
        max_depth: int = 3,
        linear_C: float = 0.003,
        sequence_C: float = 0.1,
        block_dropout: float = 0.05,
        least_per_class: int = LEAST_TO_FIT,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = 2026,
    ):
        self.n_folds = n_folds
        self.n_rounds = n_rounds
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.linear_C = linear_C
        self.sequence_C = sequence_C
        self.block_dropout = block_dropout
        self.least_per_class = least_per_class
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit to features of shape (n, columns), NaN where missing, and a class per row.

        Parameters
        ----------
        X : array or DataFrame
            Kept as float32.
        y : array of shape (n,)
            Two or three classes.
        groups : array of shape (n,), optional
            Rows of one group stay in one part.

        Raises
        ------
        ValueError
            If there are fewer than two or more than three classes, fewer groups than parts, or too few rows of a class
            are left for a fit.
        """
        values, codes = self._training_data(X, y, np.float32)
        if len(self.classes_) > len(CLASS_ORDER):
            raise ValueError(f"at most {len(CLASS_ORDER)} classes (up, down, unresponsive), got {len(self.classes_)}")
        settings = self._settings()
        seed = self._seed()
        rows = pd.Index([f"training row {number}" for number in range(len(codes))])
        names = pd.Series(np.array(self._class_names())[codes], index=rows)
        fold = pd.Series(self._folds(codes, groups, seed), index=rows)
        features = pd.DataFrame(values, index=rows, columns=self._columns())
        try:
            self.model_: CrossfitModel = crossfit(
                features, names, fold, settings, seed=seed, n_threads=self.n_jobs, least=self.least_per_class
            )
        except InputError as error:
            raise ValueError(str(error)) from error  # what callers of scikit-learn catch
        self._conformal = fit_conformal(self.model_, features, names)
        self.held_out_proba_ = self._in_order(self.model_.predict_held_out(features, fold).proba)
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n, n_classes), in the order of `classes_`; a row depends on no other."""
        return self._in_order(self._prediction(X).proba)

    def predict_interval(self, X: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper ends of 95 % intervals of the probabilities, each of shape (n, n_classes).

        Of precision, by a delete-a-part jackknife (`rarml.training.prediction.jackknife`).
        """
        found = self._prediction(X)
        return self._in_order(found.lower), self._in_order(found.upper)

    def predict_set(self, X: ArrayLike, level: float = 0.9) -> NDArray[np.bool_]:
        """Cross-conformal prediction sets, shape (n, n_classes): whether a class cannot be ruled out.

        Parameters
        ----------
        X : array or DataFrame
        level : float
            Share of genes whose set holds the truth, between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, got {level}")
        asked = self._asked(X)
        return self._in_order(self._conformal.p_values(self.model_, asked).add_prefix("p_")) > 1 - level

    def _prediction(self, X: ArrayLike) -> Prediction:
        asked = self._asked(X)
        return prediction_table(self.model_.fold_means(asked), asked.index, self.model_.classes)

    def _asked(self, X: ArrayLike) -> pd.DataFrame:
        check_is_fitted(self, "model_")
        values = self._features(X, np.float32)
        # rows have other names than those trained on: which rows these were is not told
        return pd.DataFrame(values, index=[f"row {number}" for number in range(len(values))], columns=self._columns())

    def _columns(self) -> list[str]:
        if hasattr(self, "feature_names_in_"):
            return [str(name) for name in self.feature_names_in_]
        return [f"feature:{number}" for number in range(self.n_features_in_)]

    def _class_names(self) -> list[str]:
        """The name by which `crossfit` knows each of `classes_`: its own where these are used."""
        own = [str(name) for name in self.classes_]
        if set(own) <= set(CLASS_ORDER):
            return own
        return list(CLASS_ORDER[:1] + CLASS_ORDER[-1:] if len(own) == 2 else CLASS_ORDER)

    def _in_order(self, table: pd.DataFrame) -> NDArray[Any]:
        return table[[f"p_{name}" for name in self._class_names()]].to_numpy()

    def _settings(self) -> CrossfitSettings:
        if self.n_folds < 3:
            raise ValueError(f"n_folds must be at least 3, got {self.n_folds}")
        return CrossfitSettings(
            n_folds=self.n_folds,
            block_dropout=self.block_dropout,
            gradient=GradientSettings(
                n_rounds=self.n_rounds, learning_rate=self.learning_rate, max_depth=self.max_depth
            ),
            linear=LinearSettings(C=self.linear_C),
            sequence=SequenceSettings(C=self.sequence_C),
        )

    def _seed(self) -> int:
        if isinstance(self.random_state, int | np.integer):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _folds(self, codes: NDArray[np.integer], groups: ArrayLike | None, seed: int) -> NDArray[np.integer]:
        """Part per row: whole groups together; without groups drawn at random, class by class."""
        if groups is None:
            drawn = child_rng(seed, "parts").random(len(codes))
            turn = np.empty(len(codes), dtype=int)
            turn[np.lexsort((drawn, codes))] = np.arange(len(codes)) % self.n_folds
            return turn
        named = column_or_1d(groups)
        check_consistent_length(codes, named)
        kinds, number = np.unique(named, return_inverse=True)
        if len(kinds) < self.n_folds:
            raise ValueError(f"{len(kinds)} groups cannot make {self.n_folds} parts")
        return spread(np.bincount(number), self.n_folds)[number]


def spread(sizes: Sequence[int] | NDArray[np.integer], n_parts: int) -> NDArray[np.integer]:
    """Part of each group: the largest first, each into the part that holds least; ties go to the first."""
    load = np.zeros(n_parts, dtype=np.int64)
    part = np.empty(len(sizes), dtype=np.int64)
    for group in np.argsort(-np.asarray(sizes), kind="stable"):
        part[group] = load.argmin()
        load[part[group]] += sizes[group]
    return part

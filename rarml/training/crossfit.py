"""Nested cross-fitting: every gene is judged by models, and calibrated by maps, that saw nothing of its fold.

For K folds one model is fitted for every *pair* of folds, on all genes outside both. Fold k is then predicted by the
K - 1 models of its pairs, and their calibration is learnt from the genes of fold m under the model of the pair (k, m),
which saw neither fold. So calibration is nested inside the training folds at the cost of K(K-1)/2 fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from rarml.core.errors import InputError
from rarml.core.parallel import thread_count
from rarml.core.progress import track
from rarml.core.seeds import child_seed
from rarml.core.settings import Settings
from rarml.estimators.calibration import ProbabilityCalibrator
from rarml.estimators.gradient import GradientClassifier
from rarml.training.missing_blocks import drop_blocks
from rarml.training.prediction import Prediction, prediction_table

CLASS_ORDER = ("up", "down", "unresponsive")
# fewer say nothing that trees of 4 hessian units a leaf could learn, and leave a calibration map to its ridge
LEAST_TO_FIT = 10
Pair = tuple[int, int]


class GradientSettings(Settings):
    """Parameters of `rarml.estimators.gradient.GradientClassifier`."""

    n_rounds: int = Field(default=90, ge=1)
    learning_rate: float = Field(default=0.1, gt=0, le=1)
    max_depth: int = Field(default=3, ge=1, le=20)
    min_child_weight: float = Field(default=4.0, ge=0)
    reg_lambda: float = Field(default=4.0, ge=0)
    subsample: float = Field(default=0.8, gt=0, le=1)
    colsample: float = Field(default=0.3, gt=0, le=1)
    max_bin: int = Field(default=64, ge=2)
    balance: float = Field(default=0.5, ge=0, le=1)


class CrossfitSettings(Settings):
    """How a model is cross-fitted.

    Attributes
    ----------
    n_folds : int
        Outer folds of whole chromosomes; n_folds * (n_folds - 1) / 2 models are fitted.
    block_dropout : float
        Share of training genes that lose each kind of evidence (sequence, chromatin, expression) in each fit, so that
        the model has learnt what to say of a gene that lacks it.
    gradient : GradientSettings
        The gradient model.
    """

    n_folds: int = 6
    block_dropout: float = Field(default=0.05, ge=0, lt=1)
    gradient: GradientSettings = GradientSettings()


@dataclass(frozen=True)
class CrossfitModel:
    """The models of all pairs of folds, and a calibration map per fold.

    Attributes
    ----------
    columns : tuple of str
        Feature columns, in the order the models expect.
    classes : tuple of str
        In the order up, down, unresponsive.
    models : dict
        Gradient model per pair of left-out folds (smaller number first).
    calibrators : tuple of ProbabilityCalibrator
        One per fold.
    training_folds : Series of int
        Fold of every training gene, indexed by gene_id.
    settings : CrossfitSettings
        What it was fitted with.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    models: dict[Pair, GradientClassifier]
    calibrators: tuple[ProbabilityCalibrator, ...]
    training_folds: pd.Series
    settings: CrossfitSettings

    def predict_held_out(self, features: pd.DataFrame, folds: pd.Series) -> Prediction:
        """Every gene by the models that saw nothing of its fold.

        Raises
        ------
        InputError
            If a gene has no fold of this model, or a training gene another one than it was trained in (the models
            that answer would have seen it).
        """
        fold = self._checked_folds(features.index, folds)
        raw = self._raw(features)
        parts = np.empty((self.settings.n_folds - 1, len(features), len(self.classes)))
        for k in range(self.settings.n_folds):
            rows = np.flatnonzero(fold == k)
            parts[:, rows] = self._fold_parts(raw, k)[:, rows]
        return prediction_table(parts, features.index, self.classes)

    def predict(self, features: pd.DataFrame, folds: pd.Series) -> Prediction:
        """Training genes as held out; every other gene by all models."""
        raw = self._raw(features)
        whole = np.stack([self._fold_parts(raw, k).mean(axis=0) for k in range(self.settings.n_folds)])
        everyone = prediction_table(whole, features.index, self.classes)
        trained = features.index.isin(self.training_folds.index)
        if not trained.any():
            return everyone
        own_fold = self.training_folds.reindex(features.index[trained])
        held_out = self.predict_held_out(features[trained], own_fold)
        for table, replacement in zip(
            (everyone.proba, everyone.lower, everyone.upper),
            (held_out.proba, held_out.lower, held_out.upper),
            strict=True,
        ):
            table.loc[trained] = replacement.to_numpy()
        return everyone

    def importance(self) -> pd.Series:
        """Mean total gain per column over all models."""
        gains = np.mean([model.importance_ for model in self.models.values()], axis=0)
        return pd.Series(gains, index=list(self.columns))

    def _checked_folds(self, genes: pd.Index, folds: pd.Series) -> NDArray[np.integer]:
        fold = folds.reindex(genes)
        strange = ~fold.isin(range(self.settings.n_folds))
        if strange.any():
            raise InputError(
                f"{int(strange.sum())} genes have no fold between 0 and {self.settings.n_folds - 1}",
                where=str(genes[strange.to_numpy()][0]),
            )
        trained_in = self.training_folds.reindex(genes)
        moved = trained_in.notna() & (trained_in != fold)
        if moved.any():
            raise InputError(
                f"{int(moved.sum())} training genes are given another fold than they were trained in",
                where=str(genes[moved.to_numpy()][0]),
                fix="give the folds of the model's own training",
            )
        return fold.to_numpy(dtype=int)

    def _raw(self, features: pd.DataFrame) -> dict[Pair, NDArray[np.float64]]:
        values = np.ascontiguousarray(features[list(self.columns)].to_numpy(dtype=np.float32))
        return {pair: model.predict_proba(values) for pair, model in self.models.items()}

    def _fold_parts(self, raw: dict[Pair, NDArray[np.float64]], k: int) -> NDArray[np.float64]:
        """Calibrated probabilities of the K - 1 models of fold k, shape (K - 1, n, classes)."""
        pairs = [pair for pair in sorted(raw) if k in pair]
        return np.stack([self.calibrators[k].transform(raw[pair]) for pair in pairs])


def crossfit(
    features: pd.DataFrame,
    status: pd.Series,
    folds: pd.Series,
    settings: CrossfitSettings,
    *,
    seed: int,
    n_threads: int | None = None,
) -> CrossfitModel:
    """Fit the models of all pairs of folds and a calibration map per fold.

    Parameters
    ----------
    features : DataFrame
        Float32, one row per training gene (index gene_id), NaN where missing.
    status : Series of str
        Class per training gene, in the order of `features`.
    folds : Series of int
        Outer fold per gene (more genes may be given).
    settings : CrossfitSettings
        Folds and model.
    seed : int
        Root seed.
    n_threads : int, optional
        Fits at once, each on one thread; the result is the same for any number.

    Raises
    ------
    InputError
        If fewer than 10 genes of a class would be left to train on when a pair of folds is held out.
    """
    classes = tuple(name for name in CLASS_ORDER if (status == name).any())
    fold = folds.reindex(features.index).to_numpy(dtype=int)
    codes = status.map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=int)
    values = np.ascontiguousarray(features.to_numpy(dtype=np.float32))
    blocks = [name.split(":", 1)[0] for name in features.columns]
    pairs = list(combinations(range(settings.n_folds), 2))
    _require_every_class(codes, fold, pairs, classes)

    def fit_pair(pair: Pair) -> GradientClassifier:
        rows = np.flatnonzero(~np.isin(fold, pair))
        # one seed for all pairs: the models then differ by the genes left out, which is what the jackknife measures
        masked = drop_blocks(values[rows], blocks, settings.block_dropout, seed=child_seed(seed, "blocks"))
        model = GradientClassifier(**settings.gradient.model_dump(), seed=child_seed(seed, "trees"))
        return model.fit(masked, codes[rows])

    # one thread per fit and several fits at once: the result then does not depend on the number of threads
    with ThreadPoolExecutor(max_workers=thread_count(n_threads)) as pool:
        fitted = list(track(pool.map(fit_pair, pairs), what="fitting", total=len(pairs)))
    models = dict(zip(pairs, fitted, strict=True))
    calibrators = tuple(
        _calibrate_fold(k, models, values, codes, fold, settings.n_folds) for k in range(settings.n_folds)
    )
    training_folds = pd.Series(fold, index=features.index, name="fold")
    return CrossfitModel(tuple(features.columns), classes, models, calibrators, training_folds, settings)


def _calibrate_fold(
    k: int,
    models: dict[Pair, GradientClassifier],
    values: NDArray[np.float32],
    codes: NDArray[np.integer],
    fold: NDArray[np.integer],
    n_folds: int,
) -> ProbabilityCalibrator:
    """Calibration of fold k from the genes of each other fold m under the model that saw neither k nor m."""
    proba, targets = [], []
    for m in (m for m in range(n_folds) if m != k):
        rows = np.flatnonzero(fold == m)
        if len(rows):
            proba.append(models[min(k, m), max(k, m)].predict_proba(values[rows]))
            targets.append(codes[rows])
    return ProbabilityCalibrator().fit(np.concatenate(proba), np.concatenate(targets))


def _require_every_class(
    codes: NDArray[np.integer], fold: NDArray[np.integer], pairs: Sequence[Pair], classes: Sequence[str]
) -> None:
    for pair in pairs:
        present = np.bincount(codes[~np.isin(fold, pair)], minlength=len(classes))
        rarest = int(present.argmin())
        if present[rarest] < LEAST_TO_FIT:
            raise InputError(
                f"{present[rarest] or 'no'} {classes[rarest]} genes are left to train on when folds {pair[0]} and "
                f"{pair[1]} are held out, at least {LEAST_TO_FIT} are needed",
                fix="loosen the calling rule, give labels on more chromosomes, or set another model.n_folds",
            )

"""A cross-fitted model: branches for all pairs of left-out folds, and a stack per fold that joins them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from rarml.core.errors import InputError
from rarml.core.settings import Settings
from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.training.branches import (
    GRADIENT,
    BranchModel,
    GradientSettings,
    LinearSettings,
    SequenceSettings,
    branch_columns,
)
from rarml.training.prediction import Prediction, prediction_table

Pair = tuple[int, int]
Raw = dict[str, dict[Pair, NDArray[np.float64]]]
"""Uncalibrated probabilities, shape (n, classes), per branch and pair of left-out folds."""


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
    linear : LinearSettings
        The linear branch.
    sequence : SequenceSettings
        The branch on the promoter encoders' columns.
    """

    n_folds: int = 6
    block_dropout: float = Field(default=0.05, ge=0, lt=1)
    gradient: GradientSettings = GradientSettings()
    linear: LinearSettings = LinearSettings()
    sequence: SequenceSettings = SequenceSettings()


@dataclass(frozen=True)
class CrossfitModel:
    """The branches of all pairs of folds, and a stack per fold.

    Attributes
    ----------
    columns : tuple of str
        Feature columns, in the order the branches' column numbers refer to.
    classes : tuple of str
        In the order up, down, unresponsive.
    branches : dict
        Per branch name (the first is the one that the stack trusts), a fitted model per pair of left-out folds
        (smaller number first).
    stacks : tuple of StackedCalibrator
        One per fold.
    training_folds : Series of int
        Fold of every training gene, indexed by gene_id.
    relatives : DataFrame of bool
        Per training gene and fold, whether it was kept out of all that answers the fold for having a relative there.
    settings : CrossfitSettings
        What it was fitted with.
    """

    columns: tuple[str, ...]
    classes: tuple[str, ...]
    branches: dict[str, dict[Pair, BranchModel]]
    stacks: tuple[StackedCalibrator, ...]
    training_folds: pd.Series
    relatives: pd.DataFrame
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
        raw = self.raw(features)
        parts = np.empty((self.settings.n_folds - 1, len(features), len(self.classes)))
        for k in range(self.settings.n_folds):
            rows = np.flatnonzero(fold == k)
            parts[:, rows] = self._fold_parts(raw, k)[:, rows]
        return prediction_table(parts, features.index, self.classes)

    def predict(self, features: pd.DataFrame, folds: pd.Series) -> Prediction:
        """Training genes as held out; every other gene by all models."""
        everyone = prediction_table(self.fold_means(features), features.index, self.classes)
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

    def fold_means(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Every gene by all models: per fold the mean of those that did not see it, shape (folds, n, classes)."""
        raw = self.raw(features)
        return np.stack([self._fold_parts(raw, k).mean(axis=0) for k in range(self.settings.n_folds)])

    def with_branches(self, names: Iterable[str], features: pd.DataFrame, codes: NDArray[np.integer]) -> CrossfitModel:
        """The same model with some of its branches only, their stacks fitted anew on the training genes.

        Parameters
        ----------
        names : iterable of str
            Branches to keep, the one to trust first.
        features : DataFrame
            Features of the training genes.
        codes : int array of shape (n,)
            Their class codes.
        """
        kept = {name: self.branches[name] for name in names}
        fold = self.training_folds.reindex(features.index).to_numpy(dtype=int)
        kin = self.relatives.reindex(features.index).to_numpy(dtype=bool)
        partial = replace(self, branches=kept)
        return replace(partial, stacks=fit_stacks(partial.raw(features), codes, fold, kin))

    def importance(self) -> pd.Series:
        """Mean total gain per column of the gradient branch over all its models; 0 for columns it does not read."""
        gains = np.zeros(len(self.columns))
        if GRADIENT in self.branches:
            models = [m for m in self.branches[GRADIENT].values() if isinstance(m, GradientClassifier)]
            gains[branch_columns(self.columns)[GRADIENT]] = np.mean([model.importance_ for model in models], axis=0)
        return pd.Series(gains, index=list(self.columns))

    def stack_weights(self) -> pd.DataFrame:
        """Mean weight over folds of each branch (rows) in each class's logit (columns)."""
        weights = np.mean([stack.weight_ for stack in self.stacks], axis=0)
        return pd.DataFrame(weights, index=list(self.branches), columns=list(self.classes))

    def raw(self, features: pd.DataFrame) -> Raw:
        """Uncalibrated probabilities of every branch and pair of folds for every gene."""
        values = np.ascontiguousarray(features[list(self.columns)].to_numpy(dtype=np.float32))
        numbers = branch_columns(self.columns)
        result: Raw = {}
        for name, models in self.branches.items():
            own = np.ascontiguousarray(values[:, numbers[name]])
            result[name] = {pair: model.predict_proba(own) for pair, model in models.items()}
        return result

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

    def _fold_parts(self, raw: Raw, k: int) -> NDArray[np.float64]:
        """Stacked probabilities of the K - 1 models of fold k, shape (K - 1, n, classes)."""
        pairs = [pair for pair in sorted(next(iter(raw.values()))) if k in pair]
        return np.stack([self.stacks[k].transform([models[pair] for models in raw.values()]) for pair in pairs])


def fit_stacks(
    raw: Raw, codes: NDArray[np.integer], fold: NDArray[np.integer], kin: NDArray[np.bool_]
) -> tuple[StackedCalibrator, ...]:
    """The stack of each fold k, from the genes of each other fold m under the models that saw neither k nor m.

    Parameters
    ----------
    raw : dict
        Of the training genes, see `Raw`.
    codes, fold : int arrays of shape (n,)
        Class codes and folds of the training genes.
    kin : bool array of shape (n, n_folds)
        Whether a gene has a relative in a fold; it then plays no part in the stack of that fold.
    """
    stacks = []
    n_folds = kin.shape[1]
    for k in range(n_folds):
        rows = {m: np.flatnonzero((fold == m) & ~kin[:, k]) for m in range(n_folds) if m != k}
        parts = [
            np.concatenate([models[min(k, m), max(k, m)][own] for m, own in rows.items()]) for models in raw.values()
        ]
        stacks.append(StackedCalibrator().fit(parts, codes[np.concatenate(list(rows.values()))]))
    return tuple(stacks)

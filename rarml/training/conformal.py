"""Cross-conformal prediction sets of a cross-fitted model: each gene is judged by models that saw nothing of its fold.

A gene of fold k is compared, for every other fold m, with the genes of m under the one model that saw neither k nor m
and through the stack of k; the counts over all m make one p-value per class (cross-conformal prediction: Vovk 2015,
10.1007/s10472-013-9368-4). Gene and calibration genes are thus treated alike: the mean over models that is shown as
probability is less noisy than the single models, and is not what is compared.

A gene that no model was trained on has a p-value from each of the K folds, and gets their mean. They rest on nearly the
same genes, so the mean should cover about as each of them does, as it does on simulated genes (see the tests); whatever
their dependence, twice the mean is valid (Vovk and Wang 2020, 10.1093/biomet/asaa027). So is their largest, which makes
wider sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import BundleError
from rarml.estimators.conformal import ConformalSets, p_value
from rarml.training.crossfit_model import CrossfitModel, Pair, Raw


@dataclass(frozen=True)
class CrossConformal:
    """Calibration genes of a cross-fitted model.

    Attributes
    ----------
    parts : dict
        Per fold k and other fold m, in this order, the genes of m as the model answers fold k.
    """

    parts: dict[Pair, ConformalSets]

    def p_values_held_out(self, model: CrossfitModel, features: pd.DataFrame, folds: pd.Series) -> pd.DataFrame:
        """Conformal p-values of genes as members of their folds, columns by class.

        Parameters
        ----------
        model : CrossfitModel
            The model that was calibrated.
        features : DataFrame
            With the model's columns, indexed by gene_id.
        folds : Series of int
            Fold per gene; of a training gene the one it was trained in.
        """
        raw = model.raw(features)
        fold = folds.reindex(features.index).to_numpy()
        found = np.full((len(features), len(model.classes)), np.nan)
        for k in range(model.settings.n_folds):
            rows = np.flatnonzero(fold == k)
            found[rows] = self._of_fold(model, raw, k, rows)
        return pd.DataFrame(found, index=features.index, columns=list(model.classes))

    def p_values(self, model: CrossfitModel, features: pd.DataFrame) -> pd.DataFrame:
        """Conformal p-values, columns by class: training genes as held out, any other gene the mean over folds."""
        raw = model.raw(features)
        own = model.training_folds.reindex(features.index).to_numpy(dtype=np.float64)
        found = np.zeros((len(features), len(model.classes)))
        n_folds = model.settings.n_folds
        for k in range(n_folds):
            new, held_out = np.flatnonzero(np.isnan(own)), np.flatnonzero(own == k)
            found[new] += self._of_fold(model, raw, k, new) / n_folds
            found[held_out] = self._of_fold(model, raw, k, held_out)
        return pd.DataFrame(found, index=features.index, columns=list(model.classes))

    @property
    def least_calibration(self) -> int:
        """Calibration genes of the rarest class in the fold that has fewest."""
        return int(min(self._counts(k).min() for k in {k for k, _ in self.parts}))

    def _counts(self, k: int) -> NDArray[np.int64]:
        return np.sum([part.counts_ for (own, _), part in self.parts.items() if own == k], axis=0)

    def _of_fold(self, model: CrossfitModel, raw: Raw, k: int, rows: NDArray[np.integer]) -> NDArray[np.float64]:
        if not len(rows):
            return np.empty((0, len(model.classes)))
        exceeding = [
            part.exceeding(_answers(model, raw, k, m, rows)) for (own, m), part in self.parts.items() if own == k
        ]
        return p_value(np.sum(exceeding, axis=0), self._counts(k))

    def to_dict(self) -> dict[str, Any]:
        """Numbers only."""
        return {"parts": [{"fold": k, "other": m, **part.to_dict()} for (k, m), part in sorted(self.parts.items())]}

    @classmethod
    def from_dict(cls, content: dict[str, Any], *, where: str = "conformal sets") -> Self:
        """The inverse of `to_dict`.

        Raises
        ------
        BundleError
            If a field is missing or of another kind.
        """
        try:
            parts = {(int(p["fold"]), int(p["other"])): ConformalSets.from_dict(p) for p in content["parts"]}
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"is damaged: {error}", where=where, fix="restore the model folder") from error
        return cls(parts)


def fit_conformal(model: CrossfitModel, features: pd.DataFrame, status: pd.Series) -> CrossConformal:
    """Calibrate the sets of a model on its own training genes, each under models that saw neither of two folds.

    A gene with a relative in fold k plays no part in the calibration of that fold, as in its stack.

    Parameters
    ----------
    model : CrossfitModel
        The fitted model.
    features : DataFrame
        Features of the training genes.
    status : Series of str
        Their classes, in the order of `features`.
    """
    raw = model.raw(features)
    codes = status.map({name: code for code, name in enumerate(model.classes)}).to_numpy(dtype=int)
    fold = model.training_folds.reindex(features.index).to_numpy(dtype=int)
    kin = model.relatives.reindex(features.index).to_numpy(dtype=bool)
    parts = {}
    for k in range(model.settings.n_folds):
        for m in range(model.settings.n_folds):
            if m != k:
                rows = np.flatnonzero((fold == m) & ~kin[:, k])
                parts[k, m] = ConformalSets().fit(_answers(model, raw, k, m, rows), codes[rows])
    return CrossConformal(parts)


def _answers(model: CrossfitModel, raw: Raw, k: int, m: int, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """Probabilities for fold k by the model that saw neither fold k nor fold m, shape (rows, classes)."""
    pair = (min(k, m), max(k, m))
    return model.stacks[k].transform([models[pair][rows] for models in raw.values()])

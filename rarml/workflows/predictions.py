"""Predictions of a trained model for every gene of an atlas: probabilities, those of covariates, conformal p-values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rarml.estimators.domain import DomainCheck
from rarml.training.conformal import CrossConformal
from rarml.training.crossfit import CrossfitModel

CLASSES = ("up", "down", "unresponsive")
_DIGITS = 4


@dataclass(frozen=True)
class TrainedModel:
    """A cross-fitted model, its covariate baseline, the check of its domain and its prediction sets.

    Attributes
    ----------
    full : CrossfitModel
        The model on all chosen blocks.
    baseline : CrossfitModel
        The same kind of model on covariates alone (baseline expression and promoter composition).
    domain : DomainCheck
        Fitted on the features of the training genes.
    conformal : CrossConformal
        Calibrated on the training genes.
    """

    full: CrossfitModel
    baseline: CrossfitModel
    domain: DomainCheck
    conformal: CrossConformal


def predict_genes(model: TrainedModel, features: pd.DataFrame, folds: pd.Series) -> pd.DataFrame:
    """Calibrated class probabilities per gene.

    A gene the model was trained on is answered only by the members that never saw its fold; any other gene by all
    members. One row depends on no other row.

    Parameters
    ----------
    model : TrainedModel
        The model.
    features : DataFrame
        Float32, indexed by gene_id, with at least the model's columns.
    folds : Series of int
        Outer fold per gene.

    Returns
    -------
    DataFrame
        Float32, indexed like `features`: `p_<class>`, `p_<class>_low`, `p_<class>_high` (95 %), `covariates_<class>`
        for each class, `gain` (P(responsive) less that of the covariates) and `domain` (percentile of the distance
        from the training genes, 0-100).
    """
    own = model.full.predict(features[list(model.full.columns)], folds)
    covariates = model.baseline.predict(features[list(model.baseline.columns)], folds)
    out: dict[str, np.ndarray] = {}
    for name in model.full.classes:
        out[f"p_{name}"] = own.proba[f"p_{name}"].to_numpy()
        out[f"p_{name}_low"] = own.lower[f"p_{name}"].to_numpy()
        out[f"p_{name}_high"] = own.upper[f"p_{name}"].to_numpy()
        out[f"covariates_{name}"] = covariates.proba[f"p_{name}"].to_numpy()
    out["gain"] = out["covariates_unresponsive"] - out["p_unresponsive"]
    out["domain"] = np.asarray(model.domain.percentile(features[list(model.full.columns)].to_numpy()))
    return pd.DataFrame(out, index=features.index).round(_DIGITS).astype(np.float32)


def held_out_predictions(model: TrainedModel, features: pd.DataFrame, folds: pd.Series) -> pd.DataFrame:
    """Class probabilities of every gene, labelled or not, by the members that saw nothing of its chromosome.

    Columns `held_out_<class>` and `held_out_covariates_<class>`; for evaluating a model on another's labels.
    """
    own = model.full.predict_held_out(features[list(model.full.columns)], folds).proba
    covariates = model.baseline.predict_held_out(features[list(model.baseline.columns)], folds).proba
    out = {f"held_out_{name}": own[f"p_{name}"].to_numpy() for name in model.full.classes}
    out |= {f"held_out_covariates_{name}": covariates[f"p_{name}"].to_numpy() for name in model.full.classes}
    return pd.DataFrame(out, index=features.index).round(_DIGITS).astype(np.float32)


def conformal_columns(model: TrainedModel, features: pd.DataFrame) -> pd.DataFrame:
    """Conformal p-value per class and gene, float32, columns `conformal_<class>` (`rarml.training.conformal`).

    A class is in a gene's 90 % prediction set when its value is above 0.1. Rounded up: rounding rules nothing out.
    """
    found = model.conformal.p_values(model.full, features[list(model.full.columns)])
    rounded = np.ceil(found.add_prefix("conformal_") * 10**_DIGITS - 1e-6) / 10**_DIGITS
    return rounded.astype(np.float32)


def genome_rank(predictions: pd.DataFrame, eligibility: pd.Series) -> pd.Series:
    """Rank (1 = most responsive) of 1 - P(unresponsive) among the eligible genes of the atlas, as float; NaN elsewhere.

    A gene that is not eligible gets the rank it would have if it were.
    """
    score = 1.0 - predictions["p_unresponsive"].to_numpy(dtype=np.float64)
    eligible = np.sort(score[(eligibility.reindex(predictions.index) == "eligible").to_numpy()])
    above = len(eligible) - np.searchsorted(eligible, score, side="right")
    return pd.Series(above + 1.0, index=predictions.index, name="rank")

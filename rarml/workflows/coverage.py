"""How often a model's prediction sets hold the truth, on held-out chromosomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rarml.core.seeds import child_seed
from rarml.estimators.prediction_sets import prediction_sets
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import Metric
from rarml.training.conformal import CrossConformal
from rarml.training.crossfit_model import CrossfitModel
from rarml.training.dataset import Dataset
from rarml.workflows.records import records
from rarml.workflows.settings import TrainSettings

LEVELS = (0.8, 0.9, 0.95)
EVERY_CLASS = "all genes"
_MEAN = Metric("mean", lambda _, values, weights: (weights @ values) / weights.sum(axis=1))


def coverage_rows(
    model: CrossfitModel, conformal: CrossConformal, data: Dataset, settings: TrainSettings
) -> list[dict[str, Any]]:
    """Coverage of cross-conformal sets (`rarml.training.conformal`), each gene by models that never saw its fold.

    Parameters
    ----------
    model : CrossfitModel
        The trained model.
    conformal : CrossConformal
        Its prediction sets.
    data : Dataset
        What it was trained on.
    settings : TrainSettings
        Bootstrap resamples and seed.

    Returns
    -------
    list of dict
        Per level (0.8, 0.9, 0.95) and class, and for all genes: `level`, `genes` (the class), `coverage` with `low`
        and `high` (95 % cluster bootstrap over groups of related genes), `mean_size` of the sets (classes), `n`.
    """
    features = data.features.loc[data.status.index]
    told = conformal.p_values_held_out(model, features, data.folds)
    truth = data.status.map({name: code for code, name in enumerate(model.classes)}).to_numpy(dtype=int)
    groups = data.groups.loc[data.status.index].astype(str).to_numpy()
    rows = []
    for level in LEVELS:
        sets = prediction_sets(told.to_numpy(), level)
        covered = sets[np.arange(len(truth)), truth].astype(np.float64)
        for name in (*model.classes, EVERY_CLASS):
            own = np.ones(len(truth), dtype=bool) if name == EVERY_CLASS else (data.status == name).to_numpy()
            resamples = Resamples(groups[own], settings.bootstrap, child_seed(settings.seed, "coverage", name))
            found = interval(float(covered[own].mean()), resamples.values(_MEAN, np.empty(0), covered[own]))
            facts = {"level": level, "genes": name, "coverage": found.value, "low": found.low, "high": found.high}
            rows.append({**facts, "mean_size": float(sets[own].sum(axis=1).mean()), "n": int(own.sum())})
    return records(pd.DataFrame(rows))

"""What tuning is worth on chromosomes that the search has not seen."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.summary import evaluate
from rarml.training.crossfit import crossfit
from rarml.training.dataset import Dataset
from rarml.workflows.settings import TrainSettings


def nested_metrics(
    data: Dataset, settings: TrainSettings, chosen: Mapping[int, TrainSettings], *, threads: int | None = None
) -> pd.DataFrame:
    """Held-out metrics of the tuned procedure beside those of the default settings, on the same genes and folds.

    Fold k is predicted by models with the settings that the study without fold k chose, fitted and calibrated without
    fold k, exactly as `rarml train` would with these settings.

    Parameters
    ----------
    data : Dataset
    settings : TrainSettings
        The default settings.
    chosen : mapping of int to TrainSettings
        Per outer fold, what the study that did not see it chose.
    threads : int, optional

    Returns
    -------
    DataFrame
        As of `rarml.evaluation.summary.evaluate`, with the default settings as the baseline.
    """
    genes = data.status.index
    features, folds = data.features.loc[genes], data.folds.loc[genes]
    fitted: dict[str, pd.DataFrame] = {}

    def held_out(some: TrainSettings) -> pd.DataFrame:
        key = some.model.model_dump_json()
        if key not in fitted:
            seed = child_seed(some.seed, "model")
            model = crossfit(
                features, data.status, data.folds, some.model, seed=seed, n_threads=threads, groups=data.groups
            )
            fitted[key] = model.predict_held_out(features, folds).proba
        return fitted[key]

    default = held_out(settings)
    parts = [held_out(some).loc[folds.index[(folds == k).to_numpy()]] for k, some in chosen.items()]
    return evaluate(
        pd.concat(parts).loc[genes],
        default,
        data.status,
        data.groups.loc[genes],
        seed=child_seed(settings.seed, "bootstrap"),
        n_bootstrap=settings.bootstrap,
    )

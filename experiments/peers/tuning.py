"""One way of tuning for all peers: the same number of settings, judged on the same inner fold of the training genes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from data import PeerData
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from rarml.evaluation.tasks import task_scores, tasks_of

BUDGET = 4
"""Settings tried per outer fold, for every peer."""

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
FitPredict = Callable[[Any, Bools, Bools], Floats]
"""Fit with a setting to the genes of a mask and answer those of another: scores of shape (answered, classes)."""


def held_out_by(data: PeerData, settings: Sequence[Any], fit_predict: FitPredict) -> tuple[pd.DataFrame, list[Any]]:
    """Scores of each outer fold by the setting that did best on the inner fold, fitted again to all that may be seen.

    Returns
    -------
    table : DataFrame
        Columns ``p_<class>``, indexed by gene_id.
    chosen : list
        The setting chosen for each outer fold.
    """
    if len(settings) != BUDGET:
        raise ValueError(f"{len(settings)} settings where every peer has {BUDGET}")
    proba = np.full((len(data.genes), len(data.classes)), np.nan)
    chosen = []
    for k in range(data.n_folds):
        fit, judge = data.inner(k)
        best = max(settings, key=lambda setting: mean_auroc(data, judge, fit_predict(setting, fit, judge)))
        test = data.fold == k
        proba[test] = fit_predict(best, data.seen(k), test)
        chosen.append(best)
    return data.table(proba), chosen


def mean_auroc(data: PeerData, rows: Bools, scores: Floats) -> float:
    """Mean AUROC over the tasks of the cell type that have both sides among `rows`: what tuning raises."""
    status = data.status[rows]
    proba = pd.DataFrame(scores, index=status.index, columns=[f"p_{name}" for name in data.classes])
    found = []
    for task in tasks_of(data.classes):
        _, truth, score = task_scores(task, proba, status)
        if 0 < truth.sum() < len(truth):
            found.append(roc_auc_score(truth, score))
    return float(np.mean(found)) if found else 0.5


def softmax(margins: Floats) -> Floats:
    """Margins of shape (n, classes) as positive scores that sum to 1; not calibrated."""
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

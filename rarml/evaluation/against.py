"""A model beside any number of baselines: the value of each, and what the model gains over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import AUPRC, AUROC, precision_metric
from rarml.evaluation.summary import DEPTHS
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

COLUMNS = (
    "baseline",
    "task",
    "metric",
    "value",
    "low",
    "high",
    "model",
    "gain",
    "gain_low",
    "gain_high",
    "n",
    "n_positive",
    "prevalence",
    "told_apart",
)


def against_baselines(
    model: pd.DataFrame,
    baselines: Mapping[str, pd.DataFrame],
    status: pd.Series,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int,
) -> pd.DataFrame:
    """AUROC, AUPRC and precision at 50 and 100 of each baseline, and the paired gain of the model over it.

    Parameters
    ----------
    model : DataFrame
        Held-out probabilities ``p_<class>``, indexed by gene_id.
    baselines : mapping of str to DataFrame
        The same of each baseline, with at least the model's genes and classes.
    status, groups : Series of str
        Class and group of each gene.
    seed : int
        All baselines of a task are judged in the same resamples of its genes.
    n_bootstrap : int

    Returns
    -------
    DataFrame
        One row per baseline, task and metric: `value` of the baseline with `low` and `high`, `model`, and `gain`
        (model minus baseline) with `gain_low` and `gain_high` (95 % cluster bootstrap); `n`, `n_positive`,
        `prevalence` (the chance level of AUPRC and of precision), and `told_apart`: genes with another answer than the
        baseline's most frequent one (few for a rule, none for a constant). The gain over `baselines.chance` is the gain
        over that line.
    """
    genes = status.index.sort_values()
    classes = classes_of(model)
    columns = [f"p_{name}" for name in classes]
    rows: list[dict[str, Any]] = []
    for task in tasks_of(classes):
        used, truth, score = task_scores(task, model.loc[genes, columns], status)
        if truth.all() or not truth.any():
            continue
        metrics = [AUROC, AUPRC, *(precision_metric(k) for k in DEPTHS if k <= len(truth))]
        resamples = Resamples(groups.loc[genes[used]].astype(str).to_numpy(), n_bootstrap, child_seed(seed, task))
        drawn = resamples.table(metrics, truth, score)
        for name, proba in baselines.items():
            _, _, base = task_scores(task, proba.loc[genes, columns], status)
            told_apart = len(base) - int(np.unique(base, return_counts=True)[1].max())
            base_drawn = resamples.table(metrics, truth, base)
            for metric, own, other in zip(metrics, drawn, base_drawn, strict=True):
                value, model_value = metric(truth, base), metric(truth, score)
                found, gain = interval(value, other), interval(model_value - value, own - other)
                facts = (name, task, metric.name, value, found.low, found.high, model_value)
                counts = (len(truth), int(truth.sum()), float(truth.mean()), told_apart)
                rows.append(dict(zip(COLUMNS, (*facts, gain.value, gain.low, gain.high, *counts), strict=True)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {name: number for number, name in enumerate(baselines)}
    return table.sort_values("baseline", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)

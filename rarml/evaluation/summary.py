"""One tidy table of how good a model is, and how much better than its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import AUPRC, AUROC, AUROC_ONE_V_REST, BRIER, ECE, LOG_LOSS, Metric, precision_metric
from rarml.evaluation.ranking import Floats
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

ALL_CLASSES = "all classes"
DEPTHS = (50, 100)
COLUMNS = (
    "task",
    "metric",
    "value",
    "low",
    "high",
    "baseline",
    "gain",
    "gain_low",
    "gain_high",
    "n",
    "n_positive",
    "prevalence",
)


def evaluate(
    predictions: pd.DataFrame,
    baseline: pd.DataFrame,
    status: pd.Series,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int = 1000,
) -> pd.DataFrame:
    """Judge held-out predictions task by task, beside a baseline on the same genes and the same resamples.

    Parameters
    ----------
    predictions, baseline : DataFrame
        Columns ``p_<class>`` (up, down, unresponsive, or those the model knows), indexed by gene_id. Each gene's
        probabilities must come from members that did not see it.
    status : Series of str
        Called status, indexed by gene_id. Genes whose status is not one of the model's classes are left out.
    groups : Series of str
        Group of each gene (the unit of the bootstrap), indexed by gene_id.
    seed : int
    n_bootstrap : int
        Resamples of the groups.

    Returns
    -------
    DataFrame
        `task`, `metric`, `value`, `low`, `high`, `baseline`, `gain`, `gain_low`, `gain_high`, `n`, `n_positive`,
        `prevalence`; intervals are 95 %. Per task of `tasks_of` the metrics auroc, auprc, precision_at_50 and
        precision_at_100 (a depth beyond the task's genes has no row); under "all classes" auroc_one_v_rest (with three
        classes), log_loss, brier and ece, with the responsive genes as positives. `gain` is how much better than the
        baseline: value minus baseline, or for the three losses baseline minus value. A task without genes on both sides
        has no row.

    Raises
    ------
    InputError
        If a gene is listed twice, lacks a group or a prediction, or the baseline knows other classes.
    """
    classes = classes_of(predictions)
    if classes_of(baseline) != classes:
        raise InputError(
            f"the model predicts {', '.join(classes)} and its baseline {', '.join(classes_of(baseline))}",
            fix="train both on the same labels",
        )
    genes = _genes(predictions, baseline, status, groups, classes)
    status, units = status.loc[genes], groups.loc[genes].astype(str).to_numpy()
    columns = [f"p_{name}" for name in classes]
    own, other = predictions.loc[genes, columns], baseline.loc[genes, columns]

    rows: list[dict[str, Any]] = []
    for task in tasks_of(classes):
        used, truth, score = task_scores(task, own, status)
        _, _, base = task_scores(task, other, status)
        if truth.any() and not truth.all():
            metrics = [AUROC, AUPRC, *(precision_metric(k) for k in DEPTHS if k <= len(truth))]
            resamples = Resamples(units[used], n_bootstrap, child_seed(seed, task))
            rows += _compared(task, metrics, truth, truth, score, base, resamples)
    if len(classes) > 1 and len(genes):
        codes = np.asarray([classes.index(name) for name in status], dtype=np.intp)
        responsive = (status != "unresponsive").to_numpy(dtype=bool)
        resamples = Resamples(units, n_bootstrap, child_seed(seed, ALL_CLASSES))
        scores = own.to_numpy(dtype=np.float64), other.to_numpy(dtype=np.float64)
        # with two classes it is the AUROC of their one task
        of_all = [AUROC_ONE_V_REST] * (len(classes) > 2) + [LOG_LOSS, BRIER, ECE]
        rows += _compared(ALL_CLASSES, of_all, responsive, codes, *scores, resamples)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _compared(
    task: str,
    metrics: Sequence[Metric],
    positive: NDArray[np.bool_],
    truth: NDArray[Any],
    score: Floats,
    base: Floats,
    resamples: Resamples,
) -> list[dict[str, Any]]:
    rows = []
    every, base_every = resamples.table(metrics, truth, score), resamples.table(metrics, truth, base)
    for metric, drawn, base_drawn in zip(metrics, every, base_every, strict=True):
        sign = 1.0 if metric.higher_is_better else -1.0
        value, base_value = metric(truth, score), metric(truth, base)

        own = interval(value, drawn, recentred=metric.recentred)
        gain = interval(sign * (value - base_value), sign * (drawn - base_drawn), recentred=metric.recentred)
        facts = (value, own.low, own.high, base_value, gain.value, gain.low, gain.high)
        counts = (len(positive), int(positive.sum()), float(positive.mean()))
        rows.append(dict(zip(COLUMNS, (task, metric.name, *facts, *counts), strict=True)))
    return rows


def _genes(
    predictions: pd.DataFrame, baseline: pd.DataFrame, status: pd.Series, groups: pd.Series, classes: Sequence[str]
) -> pd.Index:
    """Genes to judge, sorted, so that the result does not depend on the order of rows."""
    for name, index in (
        ("predictions", predictions.index),
        ("baseline", baseline.index),
        ("statuses", status.index),
        ("groups", groups.index),
    ):
        if not index.is_unique:
            raise InputError(f"the {name} list a gene twice", where=str(index[index.duplicated()][0]))
    genes = status.index[status.isin(classes).to_numpy(dtype=bool)].sort_values()
    columns = [f"p_{name}" for name in classes]
    for what, absent in (
        ("no prediction", predictions[columns].reindex(genes).isna().any(axis=1)),
        ("no baseline prediction", baseline[columns].reindex(genes).isna().any(axis=1)),
        ("no group", groups.reindex(genes).isna()),
    ):
        if absent.any():
            first = str(absent.index[absent.to_numpy()][0])
            raise InputError(f"{int(absent.sum())} labelled genes have {what}", where=first)
    return genes

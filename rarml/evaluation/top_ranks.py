"""What to expect of the first genes of a ranked list: precision at several depths, with intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import precision_metric
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

DEPTHS = (10, 20, 50, 100, 200, 500)
COLUMNS = ("task", "depth", "value", "low", "high", "n", "n_positive", "prevalence")
_NOT_RANKED = "up v down"  # a list is ranked against genes that do not respond


def top_ranks(
    predictions: pd.DataFrame, status: pd.Series, groups: pd.Series, *, seed: int, n_bootstrap: int
) -> pd.DataFrame:
    """Share of positive genes among the first 10 to 500 of each task's ranking.

    Parameters
    ----------
    predictions : DataFrame
        Held-out probabilities ``p_<class>``, indexed by gene_id.
    status : Series of str
        Class per gene, indexed by gene_id.
    groups : Series of str
        Group of relatives per gene: the unit of the bootstrap.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; a depth of more than half of a task's genes has no row. Intervals: 95 % cluster bootstrap.
        The same for any order of rows.
    """
    genes = predictions.index[predictions.index.isin(status.index)].sort_values()
    own, units = predictions.loc[genes], groups.loc[genes].astype(str).to_numpy()
    rows: list[dict[str, Any]] = []
    for task in tasks_of(classes_of(predictions)):
        used, truth, score = task_scores(task, own, status)
        depths = [depth for depth in DEPTHS if 2 * depth <= len(truth)]
        if task == _NOT_RANKED or not depths or not truth.any() or truth.all():
            continue
        metrics = [precision_metric(depth) for depth in depths]
        drawn = Resamples(units[used], n_bootstrap, child_seed(seed, "top", task)).table(metrics, truth, score)
        for depth, metric, values in zip(depths, metrics, drawn, strict=True):
            found = interval(metric(truth, score), values)
            facts = {"task": task, "depth": depth, "value": found.value, "low": found.low, "high": found.high}
            counts = {"n": len(truth), "n_positive": int(truth.sum()), "prevalence": float(truth.mean())}
            rows.append({**facts, **counts})
    return pd.DataFrame(rows, columns=list(COLUMNS))

"""How well a model ranks among genes of like baseline expression: AUROC by decile of the stand-in's level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.losses import equal_bins
from rarml.evaluation.metrics import AUROC
from rarml.evaluation.ranking import Bools
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

DECILES = 10
LEAST_OF_EACH = 10
"""Positive and negative genes that a bin needs; deciles with fewer are joined with the next."""
COLUMNS = (
    "task", "deciles", "from_level", "to_level", "n", "n_positive", "value", "low", "high", "baseline", "gain",
    "gain_low", "gain_high",
)  # fmt: skip


def by_level(
    model: pd.DataFrame,
    baseline: pd.DataFrame,
    status: pd.Series,
    level: pd.Series,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int,
) -> pd.DataFrame:
    """AUROC of the broadest task (responsive v unresponsive, or up v unresponsive) within deciles of expression.

    Parameters
    ----------
    model, baseline : DataFrame
        Held-out probabilities ``p_<class>``, indexed by gene_id.
    status : Series of str
        Class per gene.
    level : Series of float
        Baseline expression, log2(1 + nTPM); genes without one are left out.
    groups : Series of str
        Unit of the bootstrap.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        One row per bin from low to high: `task`, `deciles` ("1", or "2-4" where joined for want of genes),
        `from_level`, `to_level`, `n`, `n_positive`, `value`, `low`, `high`, `baseline`, and the paired `gain` with
        `gain_low` and `gain_high`. Empty if there are fewer than 10 genes on a side.
    """
    known = level.reindex(status.index).notna().to_numpy()
    genes = status.index[known].sort_values()
    tasks = tasks_of(classes_of(model))
    if not tasks or not len(genes):
        return pd.DataFrame(columns=list(COLUMNS))
    task = tasks[-1]
    used, truth, score = task_scores(task, model.loc[genes], status)
    _, _, base = task_scores(task, baseline.loc[genes], status)
    judged = genes[used]
    levels = level.loc[judged].to_numpy(dtype=np.float64)
    units = groups.loc[judged].astype(str).to_numpy()
    decile = equal_bins(levels, DECILES)
    rows: list[dict[str, Any]] = []
    for first, last in joined_bins(decile, truth):
        rows_here = np.flatnonzero((decile >= first) & (decile <= last))
        y, own, other = truth[rows_here], score[rows_here], base[rows_here]
        resamples = Resamples(units[rows_here], n_bootstrap, child_seed(seed, "level", first))
        drawn, base_drawn = resamples.values(AUROC, y, own), resamples.values(AUROC, y, other)
        value, base_value = AUROC(y, own), AUROC(y, other)
        found, gain = interval(value, drawn), interval(value - base_value, drawn - base_drawn)
        said = str(first + 1) if first == last else f"{first + 1}-{last + 1}"
        reach = (float(levels[rows_here].min()), float(levels[rows_here].max()))
        facts = (task, said, *reach, len(y), int(y.sum()), value, found.low, found.high, base_value)
        rows.append(dict(zip(COLUMNS, (*facts, gain.value, gain.low, gain.high), strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def joined_bins(bins: NDArray[np.integer], truth: Bools, *, least: int = LEAST_OF_EACH) -> list[tuple[int, int]]:
    """First and last bin of each run of neighbouring bins that holds `least` positive and negative genes.

    A remainder at the top joins the run below it; without enough genes in all there is no run.
    """
    runs: list[tuple[int, int]] = []
    start = 0
    for bin_ in range(DECILES):
        inside = (bins >= start) & (bins <= bin_)
        if min(int(truth[inside].sum()), int((~truth[inside]).sum())) >= least:
            runs.append((start, bin_))
            start = bin_ + 1
    if runs and start < DECILES:
        runs[-1] = (runs[-1][0], DECILES - 1)
    return runs

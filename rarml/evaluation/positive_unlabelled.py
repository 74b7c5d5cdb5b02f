"""Judging a model by a list of responsive genes against genes that nobody labelled.

Assumed is that the listed genes were selected completely at random among the responsive ones (SCAR): then the chance of
being listed is a constant times the chance of responding, and both rank genes alike (Elkan & Noto 2008,
doi:10.1145/1401890.1401920). With a share s of the unlabelled genes responsive, an unlabelled gene is a responsive one
with probability s, and a listed gene then ranks above it half of the time; hence

    AUROC(listed v unlabelled) = (1 - s) AUROC(responsive v not) + s / 2,

which is solved for the second (Menon 2015, PMLR 37:125; Jain 2017, doi:10.1609/aaai.v31i1.10937). Above one half the
measured AUROC is therefore a lower bound. Where lists favour some genes (highly expressed, well known) SCAR fails, and
nothing here mends that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.metrics import AUROC, Metric
from rarml.evaluation.ranking import Floats, Ranked
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

SHARES = (0.0, 0.01, 0.02, 0.05, 0.10, 0.20)
"""Assumed shares of responsive genes among the unlabelled; 0 is the AUROC as measured."""
DEPTHS = (50, 100, 500, 1000)
COLUMNS = ("task", "quantity", "assumed_share", "depth", "value", "low", "high", "chance", "n", "n_listed")


def corrected_auroc(measured: float, share: float) -> float:
    """AUROC of responsive against unresponsive genes from that of listed against unlabelled ones.

    Parameters
    ----------
    measured : float
        AUROC of listed against unlabelled genes, 0-1.
    share : float
        Share of responsive genes among the unlabelled, at least 0 and below 1.

    Returns
    -------
    float
        (measured - share / 2) / (1 - share); NaN where that leaves 0 to 1, as no ranking can then have so large a
        share (beyond 2 (1 - measured)).

    Raises
    ------
    InputError
        If the share is not in [0, 1).
    """
    if not 0 <= share < 1:
        raise InputError(f"a share of {share} responsive genes has no meaning", fix="give at least 0 and less than 1")
    found = _without(share, measured)
    return found if 0 <= found <= 1 else float("nan")


def recall_metric(k: int) -> Metric:
    """Share of the positive genes among the `k` of highest score; equal scores count by the share that fits.

    Under SCAR the recall of listed genes is that of all responsive genes.
    """

    def caught(ranked: Ranked) -> Floats:
        found = ranked.precision_at(k) * np.minimum(float(k), ranked.all_genes)
        return np.divide(found, ranked.all_positive, out=np.full_like(found, np.nan), where=ranked.all_positive > 0)

    return Metric(f"recall_at_{k}", lambda truth, score, weights: caught(Ranked.of(truth, score, weights)), rank=caught)


def unlabelled_table(
    model: pd.DataFrame, status: pd.Series, groups: pd.Series, *, seed: int, n_bootstrap: int
) -> pd.DataFrame:
    """The AUROC of a positive-unlabelled model under assumed shares of responsive genes, and its recall at N.

    Parameters
    ----------
    model : DataFrame
        Held-out ``p_<class>``, indexed by gene_id; ``p_unresponsive`` is that of being unlabelled.
    status : Series of str
        Class per gene, the unlabelled ones as "unresponsive".
    groups : Series of str
        Unit of the bootstrap.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        Per task (of up or down v unresponsive) rows with `quantity` "auroc" (one per `assumed_share`; no value where a
        share is impossible) and "recall" (one per `depth`), `value`, `low`, `high` (95 %), `chance`, `n` and
        `n_listed`.
    """
    genes = status.index.sort_values()
    rows: list[dict[str, Any]] = []
    asked = ("up v unresponsive", "down v unresponsive")
    for task in [name for name in tasks_of(classes_of(model)) if name in asked]:
        used, truth, score = task_scores(task, model.loc[genes], status)
        if truth.all() or not truth.any():
            continue
        resamples = Resamples(groups.loc[genes[used]].astype(str).to_numpy(), n_bootstrap, child_seed(seed, task))
        found = interval(AUROC(truth, score), resamples.values(AUROC, truth, score))
        facts = {"task": task, "n": len(truth), "n_listed": int(truth.sum())}
        for share in SHARES:
            row = {**facts, "quantity": "auroc", "assumed_share": share, "chance": 0.5}
            value = corrected_auroc(found.value, share)
            if value == value:
                # the correction is a rising line, so it moves the ends of the interval as it moves the value
                low, high = (min(1.0, max(0.0, _without(share, end))) for end in (found.low, found.high))
                row |= {"value": value, "low": low, "high": high}
            rows.append(row)
        for k in (k for k in DEPTHS if k <= len(truth)):
            metric = recall_metric(k)
            own = interval(metric(truth, score), resamples.values(metric, truth, score))
            numbers = {"value": own.value, "low": own.low, "high": own.high, "chance": k / len(truth)}
            rows.append({**facts, "quantity": "recall", "depth": k, **numbers})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _without(share: float, measured: float) -> float:
    return (measured - share / 2) / (1 - share)

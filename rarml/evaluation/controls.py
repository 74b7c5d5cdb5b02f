"""Controls of a whole training: labels that were permuted, folds that leak, and direction against mere response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.seeds import child_rng, child_seed
from rarml.evaluation.bootstrap import LEVEL, Resamples, interval
from rarml.evaluation.metrics import AUROC, Metric
from rarml.evaluation.ranking import Floats, Ranked
from rarml.evaluation.tasks import classes_of, task_scores, tasks_of

PERMUTED, DIRECTION, RANDOM_FOLDS = "permuted labels", "direction", "random folds"
AS_IT_SHOULD_BE, LEAK = "as it should be", "leak: not at chance"
COLUMNS = ("control", "task", "value", "low", "high", "grouped", "gap", "gap_low", "gap_high", "verdict")


def permuted_by_groups(status: pd.Series, groups: pd.Series, *, seed: int) -> pd.Series:
    """Labels dealt out anew: the groups in one random order hand their labels on to the groups in another.

    Labels stay in the runs of their groups, because relatives tend to share a label: a pipeline that can look up a
    gene's label at a relative still can after this permutation and is found out, while labels shuffled gene by gene
    would hide it. Not only among groups of one size, since size says something by itself (genes of head-to-head pairs
    respond less often), and not within chromosomes, which differ in their share of responsive genes: both would leave
    something to be learnt. Every class keeps its number of genes.

    Parameters
    ----------
    status : Series of str
        Class per training gene, indexed by gene_id.
    groups : Series of str
        Group per gene.
    seed : int

    Returns
    -------
    Series of str
        In the order of `status`.
    """
    rng = child_rng(seed, "permuted labels")
    genes = status.index.sort_values()
    codes = pd.factorize(groups.reindex(genes).astype(str), sort=True)[0]
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    source, target = (np.concatenate([members[k] for k in rng.permutation(len(members))]) for _ in range(2))
    dealt = np.empty(len(genes), dtype=object)
    dealt[target] = status.loc[genes].to_numpy(dtype=object)[source]
    return pd.Series(dealt, index=genes, name=status.name).reindex(status.index)


def within_folds_auroc(folds: NDArray[Any]) -> Metric:
    """AUROC over the pairs of genes of one fold (folds weigh by their pairs).

    Models of different folds were calibrated to different shares of responsive genes, those without the fold at hand:
    where there is nothing to learn that alone orders the folds against the truth and pulls the pooled AUROC below one
    half. Within folds chance is one half.
    """
    parts = [np.flatnonzero(folds == fold) for fold in np.unique(folds)]

    def rows(truth: NDArray[Any], score: Floats, weights: Floats) -> Floats:
        right, pairs = np.zeros(len(weights)), np.zeros(len(weights))
        for part in parts:
            ranked = Ranked.of(truth[part], score[part], weights[:, part])
            own = ranked.all_positive * (ranked.all_genes - ranked.all_positive)
            right += np.where(own > 0, np.nan_to_num(ranked.auroc()) * own, 0.0)
            pairs += own
        return np.divide(right, pairs, out=np.full_like(right, np.nan), where=pairs > 0)

    return Metric("auroc_within_folds", rows)


def permutation_control(
    fit: Callable[[pd.Series], pd.DataFrame],
    status: pd.Series,
    folds: pd.Series,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int,
) -> pd.DataFrame:
    """Run a whole training once on permuted labels: its held-out AUROC must be one half.

    Parameters
    ----------
    fit : callable
        From a Series of classes to held-out probabilities ``p_<class>`` of its genes: everything that is done with
        labels, as it is done with the true ones.
    status, folds, groups : Series
        Class, fold and group per training gene.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        One row per task: `control`, `task`, `value` (AUROC within folds, see `within_folds_auroc`), `low`, `high` and
        `verdict` ("as it should be", or "leak: not at chance" where the interval leaves one half). Intervals hold
        95 % for all tasks together (Bonferroni), so that a clean training is called a leak once in twenty.
    """
    permuted = permuted_by_groups(status, groups, seed=seed)
    proba = fit(permuted)
    tasks = tasks_of(classes_of(proba))
    rows = []
    for task in tasks:
        used, truth, score = task_scores(task, proba, permuted)
        genes = proba.index[used]
        metric = within_folds_auroc(folds.loc[genes].to_numpy())
        resamples = Resamples(groups.loc[genes].astype(str).to_numpy(), n_bootstrap, child_seed(seed, PERMUTED, task))
        drawn = resamples.values(metric, truth, score)
        low, high = _joint(drawn, len(tasks))
        verdict = AS_IT_SHOULD_BE if low <= 0.5 <= high else LEAK
        facts = {"value": metric(truth, score), "low": low, "high": high, "verdict": verdict}
        rows.append({"control": PERMUTED, "task": task, **facts})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def direction_control(
    model: pd.DataFrame, status: pd.Series, groups: pd.Series, *, seed: int, n_bootstrap: int
) -> pd.DataFrame:
    """Up against down: what a model that only knows "this gene responds to anything" cannot tell (AUROC one half)."""
    task = "up v down"
    if task not in tasks_of(classes_of(model)):
        return pd.DataFrame(columns=list(COLUMNS))
    genes = status.index.sort_values()
    used, truth, score = task_scores(task, model.loc[genes], status)
    resamples = Resamples(groups.loc[genes[used]].astype(str).to_numpy(), n_bootstrap, child_seed(seed, task))
    found = interval(AUROC(truth, score), resamples.values(AUROC, truth, score))
    verdict = "direction is read" if found.low > 0.5 else "direction is not read"
    row = {"control": DIRECTION, "task": task, "value": found.value, "low": found.low, "high": found.high}
    return pd.DataFrame([{**row, "verdict": verdict}], columns=list(COLUMNS))


def leak_gap(
    random: pd.DataFrame,
    grouped: pd.DataFrame,
    status: pd.Series,
    groups: pd.Series,
    *,
    seed: int,
    n_bootstrap: int,
) -> pd.DataFrame:
    """What the same training gains when folds are drawn gene by gene, so that neighbours and families leak.

    Parameters
    ----------
    random, grouped : DataFrame
        Held-out probabilities from random folds and from whole chromosomes, indexed by gene_id.
    status, groups : Series of str
        Class and group per gene.
    seed, n_bootstrap : int

    Returns
    -------
    DataFrame
        One row per task: `value` (AUROC on random folds) with `low` and `high`, `grouped`, the `gap` (random minus
        grouped, paired) with `gap_low` and `gap_high` (95 % for all tasks together), and `verdict`. The interval is
        one of genes: other folds of either kind would move the gap a little as well, so a few thousandths mean little.

    References
    ----------
    Washburn 2019, doi:10.1073/pnas.1814551116.
    """
    genes = status.index.sort_values()
    rows = []
    tasks = tasks_of(classes_of(grouped))
    for task in tasks:
        used, truth, loose = task_scores(task, random.loc[genes], status)
        _, _, strict = task_scores(task, grouped.loc[genes], status)
        resamples = Resamples(groups.loc[genes[used]].astype(str).to_numpy(), n_bootstrap, child_seed(seed, task))
        drawn, base = resamples.values(AUROC, truth, loose), resamples.values(AUROC, truth, strict)
        value, own = AUROC(truth, loose), AUROC(truth, strict)
        found, gap_ends = interval(value, drawn), _joint(drawn - base, len(tasks))
        verdict = "random folds flatter" if gap_ends[0] > 0 else "no clear gap"
        facts = (RANDOM_FOLDS, task, value, found.low, found.high, own, value - own, *gap_ends, verdict)
        rows.append(dict(zip(COLUMNS, facts, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _joint(drawn: Floats, tasks: int) -> tuple[float, float]:
    """Percentile interval that holds 95 % for this many tasks together (Bonferroni)."""
    tail = (1 - LEVEL) / tasks / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return float(low), float(high)

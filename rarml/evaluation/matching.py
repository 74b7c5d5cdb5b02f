"""Pairs of genes alike in their covariates, and how often a score puts the responsive one first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.evaluation.bootstrap import Interval, Resamples, interval
from rarml.evaluation.metrics import Metric
from rarml.evaluation.ranking import Floats

# in standard deviations; the width Rosenbaum & Rubin 1985 (doi:10.1080/00031305.1985.10479383) use for one score,
# here for the root mean square over covariates
CALIPER = 0.25
MATCHED, FAR, UNKNOWN = "matched", "no control within the caliper", "covariate missing"
_BLOCK = 500  # cases whose distances are held at once: 500 x 10,000 controls are 40 MB


def matched_pairs(covariates: pd.DataFrame, is_case: pd.Series, *, caliper: float = CALIPER) -> pd.DataFrame:
    """Match each case to the nearest free control, nearest pairs first, without replacement.

    Parameters
    ----------
    covariates : DataFrame
        Numeric, indexed by gene_id; each column is standardised by its standard deviation over all complete genes.
        A constant column plays no part.
    is_case : Series of bool
        True for cases (responsive genes), False for controls, indexed by gene_id; genes that are not in it are unused.
    caliper : float
        Largest distance of a pair: the root mean square difference of the standardised covariates.

    Returns
    -------
    DataFrame
        One row for each case, sorted: `case`, `control` (None if not matched), `distance` (NaN if not matched) and
        `outcome` (matched, no control within the caliper, covariate missing). The same for any order of rows.

    Raises
    ------
    InputError
        If a gene is listed twice, a case or control is not in `covariates`, or the caliper is not above 0.
    """
    if not caliper > 0:
        raise InputError(f"a caliper of {caliper} matches nothing", fix=f"give a number above 0, e.g. {CALIPER}")
    if not (covariates.index.is_unique and is_case.index.is_unique):
        raise InputError("a gene to match is listed twice")
    absent = is_case.index.difference(covariates.index)
    if len(absent):
        raise InputError(f"{len(absent)} genes to match have no covariates", where=str(absent[0]))
    genes = is_case.index.sort_values()
    case = is_case.loc[genes].to_numpy(dtype=bool)
    values = covariates.loc[genes].to_numpy(dtype=np.float64)
    complete = np.isfinite(values).all(axis=1)
    cases, controls = genes[case & complete], genes[~case & complete]
    scaled = _standardised(values[complete])
    at, chosen, apart = _candidates(scaled[case[complete]], scaled[~case[complete]], caliper)

    control_of: dict[str, tuple[str, float]] = {}
    taken = np.zeros(len(controls), dtype=bool)
    done = np.zeros(len(cases), dtype=bool)
    for i, j, distance in zip(at.tolist(), chosen.tolist(), apart.tolist(), strict=True):
        if not (done[i] or taken[j]):
            done[i] = taken[j] = True
            control_of[cases[i]] = (controls[j], distance)
    known = set(cases)
    rows = [
        (gene, *control_of[gene], MATCHED)
        if gene in control_of
        else (gene, None, float("nan"), FAR if gene in known else UNKNOWN)
        for gene in genes[case]
    ]
    return pd.DataFrame(rows, columns=["case", "control", "distance", "outcome"])


def balance(covariates: pd.DataFrame, is_case: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """Standardised mean difference (cases minus controls) of each covariate, before and after matching.

    Returns
    -------
    DataFrame
        `covariate`, `before`, `after`. Below 0.1 in size is balanced (Austin 2009, doi:10.1002/sim.3697). Both are in
        units of the unmatched genes' pooled standard deviation, so that matching cannot improve them by its spread.
    """
    used = covariates.loc[is_case.index]
    case, control = used[is_case.to_numpy(dtype=bool)], used[~is_case.to_numpy(dtype=bool)]
    spread = np.sqrt((case.var() + control.var()) / 2)
    found = pairs[pairs["outcome"] == MATCHED]
    after = covariates.loc[found["case"]].mean() - covariates.loc[found["control"]].mean()
    table = pd.DataFrame({"before": (case.mean() - control.mean()) / spread, "after": after / spread})
    return table.rename_axis("covariate").reset_index()


def within_pairs_auroc(
    score: pd.Series,
    pairs: pd.DataFrame,
    groups: pd.Series,
    *,
    baseline: pd.Series | None = None,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> Interval:
    """Share of matched pairs whose case has the higher score (ties one half), or its gain over a baseline score.

    Pairs whose genes share a group, or are linked through such pairs, are resampled together.

    Parameters
    ----------
    score : Series of float
        Higher means more likely a case, indexed by gene_id.
    pairs : DataFrame
        Of `matched_pairs`; rows that are not matched are left out.
    groups : Series of str
        Group of each gene, indexed by gene_id.
    baseline : Series of float, optional
        Another score: the result is then the difference, judged in the same resamples.

    Raises
    ------
    InputError
        If no pair is matched, or a gene of a pair has no score or group.
    """
    found = pairs[pairs["outcome"] == MATCHED].sort_values("case")
    if found.empty:
        raise InputError("no pair is matched", fix="widen the caliper, or match on fewer covariates")
    values = _ordered(score, found)
    if baseline is not None:
        values = values - _ordered(baseline, found)
    resamples = Resamples(_linked(found, groups), n_bootstrap, seed)
    return interval(float(values.mean()), resamples.values(_MEAN, np.empty(0), values))


_MEAN = Metric("mean", lambda _, values, weights: (weights @ values) / weights.sum(axis=1))


def _standardised(values: Floats) -> Floats:
    if not len(values):
        return values
    spread = values.std(axis=0)
    varied = spread > 0
    return (values[:, varied] - values[:, varied].mean(axis=0)) / spread[varied]


def _candidates(cases: Floats, controls: Floats, caliper: float) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Case, control and distance of every pair within the caliper, nearest first, then in the order of genes."""
    from scipy.spatial.distance import cdist

    rows, columns, distances = [], [], []
    size = max(cases.shape[1], 1) ** 0.5
    for start in range(0, len(cases), _BLOCK):
        apart = cdist(cases[start : start + _BLOCK], controls) / size
        i, j = np.nonzero(apart <= caliper)
        rows.append(i + start)
        columns.append(j)
        distances.append(apart[i, j])
    if not rows:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)
    at, chosen, apart = np.concatenate(rows), np.concatenate(columns), np.concatenate(distances)
    order = np.lexsort((chosen, at, apart))
    return at[order], chosen[order], apart[order]


def _ordered(score: pd.Series, pairs: pd.DataFrame) -> Floats:
    """1 where the case scores higher than its control, 0.5 where equal, 0 where lower."""
    case, control = (score.reindex(pairs[side]).to_numpy(dtype=np.float64) for side in ("case", "control"))
    absent = np.isnan(case) | np.isnan(control)
    if absent.any():
        first = str(pairs["case"][absent].iloc[0])
        raise InputError(f"{int(absent.sum())} pairs have a gene without a score", where=first)
    return (np.sign(case - control) + 1.0) / 2.0


def _linked(pairs: pd.DataFrame, groups: pd.Series) -> NDArray[np.intp]:
    """Component of each pair in the graph of groups that pairs connect."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sides = [groups.reindex(pairs[side]) for side in ("case", "control")]
    both = pd.concat(sides)
    if both.isna().any():
        first = str(both.index[both.isna()][0])
        raise InputError(f"{int(both.isna().sum())} genes of pairs have no group", where=first)
    names, codes = np.unique(both.astype(str), return_inverse=True)
    left, right = codes[: len(pairs)], codes[len(pairs) :]
    links = coo_array((np.ones(len(pairs)), (left, right)), shape=(len(names), len(names)))
    _, component = connected_components(links, directed=False)
    # a name that does not depend on how the graph was walked
    leader = pd.Series(pairs["case"].to_numpy()).groupby(component[left]).transform("min")
    return np.unique(leader.to_numpy().astype(str), return_inverse=True)[1]

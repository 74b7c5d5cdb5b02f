"""Does a model find the genes of a list that it never saw? Enrichment among its calls, and in its ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rarml.core.seeds import child_seed
from rarml.evaluation.bootstrap import Resamples, interval
from rarml.evaluation.exact import exact_odds_ratio
from rarml.evaluation.metrics import AUROC

COLUMNS = (
    *("listed", "eligible", "called", "called_of_all", "n"),
    *("odds_ratio", "low", "high", "pvalue"),
    *("auroc", "auroc_low", "auroc_high", "covariates", "over_covariates", "over_low", "over_high"),
)


@dataclass(frozen=True)
class Ranking:
    """What one model says of the genes that it may judge, all indexed alike.

    Attributes
    ----------
    score : Series of float
        Higher means likelier to rise.
    covariates : Series of float
        The same of its covariate baseline.
    called : Series of bool
        Candidate up.
    """

    score: pd.Series
    covariates: pd.Series
    called: pd.Series


def known_target_row(
    ranking: Ranking, listed: pd.Index, groups: pd.Series, *, n_bootstrap: int, seed: int
) -> dict[str, float]:
    """Agreement of one model with one list; for evaluation only, a list is never a feature.

    Parameters
    ----------
    ranking : Ranking
    listed : Index of str
        Gene ids of the list.
    groups : Series of str
        Group per gene, the unit of the bootstrap; a gene that is not in it is a group of its own.
    n_bootstrap, seed : int

    Returns
    -------
    dict
        `listed` genes, those `eligible` (that the model may judge), how many of these are `called` up, and how many of
        all `n` genes are; the conditional `odds_ratio` of being called, listed against other genes, with its exact 95 %
        interval and Fisher's p-value; the `auroc` of listed against other genes by the score, that of the covariate
        baseline, and the lead over it, with 95 % intervals by the cluster bootstrap. NaN where there is nothing to
        compare.
    """
    genes = ranking.score.index.sort_values()
    truth = genes.isin(listed)
    called = ranking.called.reindex(genes).to_numpy(dtype=bool)
    hit = int((truth & called).sum())
    ratio = exact_odds_ratio(hit, int(truth.sum()) - hit, int(called.sum()) - hit, int((~truth & ~called).sum()))
    row: dict[str, float] = dict.fromkeys(COLUMNS, float("nan"))
    row |= {"listed": listed.nunique(), "eligible": int(truth.sum()), "called": hit, "called_of_all": int(called.sum())}
    row |= {"n": len(genes), "odds_ratio": ratio.value, "low": ratio.low, "high": ratio.high, "pvalue": ratio.pvalue}
    if not truth.any() or truth.all():
        return row
    own, base = (column.reindex(genes).to_numpy(dtype=np.float64) for column in (ranking.score, ranking.covariates))
    units = [f"alone {gene}" if pd.isna(unit) else str(unit) for gene, unit in groups.reindex(genes).items()]
    resamples = Resamples(units, n_bootstrap, child_seed(seed, "known targets"))
    draws, base_draws = (resamples.values(AUROC, truth, score) for score in (own, base))
    found = interval(AUROC(truth, own), draws)
    floor = AUROC(truth, base)
    over = interval(found.value - floor, draws - base_draws)
    row |= {"auroc": found.value, "auroc_low": found.low, "auroc_high": found.high, "covariates": floor}
    return row | {"over_covariates": over.value, "over_low": over.low, "over_high": over.high}

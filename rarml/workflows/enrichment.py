"""Is a spacing type more frequent at the promoters of a gene set than at those of matched genes?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError
from rarml.core.seeds import child_rng
from rarml.evaluation.exact import exact_odds_ratio

COVARIATES = ("composition:gc", "composition:cpg_oe", "expression:mean")
SITE_COLUMN = "n_1e-4"


@dataclass(frozen=True)
class Enrichment:
    """Result of `enrichment`.

    Attributes
    ----------
    table : DataFrame
        One row per spacing type: type, with_site (genes of the set), n, background_with_site, n_background,
        odds_ratio (conditional maximum likelihood), low, high (exact 95 % interval), pvalue (Fisher, two-sided),
        qvalue (Benjamini-Hochberg over the types).
    genes, background : list of str
        The genes compared, those without a value in the covariates or without sequence left out.
    balance : DataFrame
        Mean of each covariate in the set, in the background, and in all candidates.
    """

    table: pd.DataFrame
    genes: list[str]
    background: list[str]
    balance: pd.DataFrame


def enrichment(
    features: pd.DataFrame,
    genes: Sequence[str],
    *,
    candidates: Sequence[str] | None = None,
    covariates: Sequence[str] = COVARIATES,
    feature: str = SITE_COLUMN,
    per_gene: int = 3,
    seed: int = 0,
) -> Enrichment:
    """Compare a gene set with matched genes, for every spacing type.

    Parameters
    ----------
    features : DataFrame
        Gene by column, e.g. of the feature atlas, with ``rare:{TYPE}:{feature}`` and the covariates.
    genes : sequence of str
        Gene ids of the set.
    candidates : sequence of str, optional
        Genes that may be background, e.g. the expressed unresponsive ones; all others by default.
    covariates : sequence of str
        Matched on, each as its rank; those not among the columns are left out (at least one must be there).
    feature : str
        ``n_1e-4`` or ``n_1e-5``: a gene has the type if the count is above 0.
    per_gene : int
        Background genes per gene of the set, each used once.
    seed : int
        Order in which the genes choose their matches.

    Raises
    ------
    InputError
        If no gene of the set or no covariate can be used, or there are too few candidates.
    """
    from scipy.stats import false_discovery_control

    names = [str(name) for name in features.columns]
    columns = [name for name in names if name.startswith("rare:") and name.endswith(f":{feature}")]
    columns = [name for name in columns if name.split(":")[1] != "classical"]
    matched = [name for name in covariates if name in features]
    if not columns or not matched:
        raise InputError("no RARE counts or no covariates among the features", fix="give the feature atlas")
    usable = features[[*columns, *matched]].dropna()
    chosen = [gene for gene in dict.fromkeys(genes) if gene in usable.index]
    pool = usable.index if candidates is None else usable.index.intersection(pd.Index(list(candidates)))
    pool = pool.difference(pd.Index(list(genes)))
    if not chosen or len(pool) < per_gene * len(chosen):
        raise InputError(
            f"{len(chosen)} genes of the set and {len(pool)} candidates can be used, "
            f"{per_gene} candidates per gene are needed",
            fix="give more candidates, or fewer per gene",
        )
    ranks = usable[matched].rank(pct=True)
    background = _match(ranks.loc[chosen].to_numpy(), ranks.loc[pool].to_numpy(), per_gene, seed)
    others = [str(gene) for gene in pool[background]]
    rows = []
    for name in columns:
        here, there = int((usable.loc[chosen, name] > 0).sum()), int((usable.loc[others, name] > 0).sum())
        ratio = exact_odds_ratio(here, len(chosen) - here, there, len(others) - there)
        rows.append(
            {
                "type": name.split(":")[1],
                "with_site": here,
                "n": len(chosen),
                "background_with_site": there,
                "n_background": len(others),
                "odds_ratio": ratio.value,
                "low": ratio.low,
                "high": ratio.high,
                "pvalue": ratio.pvalue,
            }
        )
    table = pd.DataFrame(rows)
    table["qvalue"] = false_discovery_control(table["pvalue"].to_numpy(), method="bh")
    balance = pd.DataFrame(
        {
            "set": usable.loc[chosen, matched].mean(),
            "background": usable.loc[others, matched].mean(),
            "candidates": usable.loc[pool, matched].mean(),
        }
    )
    return Enrichment(table, chosen, others, balance)


def plot_enrichment(result: Enrichment, path: str) -> None:
    """Forest plot of the odds ratios with their exact intervals (log scale); SVG, PDF or PNG by the name."""
    from matplotlib.figure import Figure

    table = result.table.iloc[::-1].reset_index(drop=True)
    figure = Figure(figsize=(5, 0.8 + 0.2 * len(table)), layout="constrained")
    axes = figure.add_subplot()
    low, high = table["low"].clip(lower=0.02), table["high"].clip(upper=50)
    middle = table["odds_ratio"].clip(0.02, 50)
    strong = table["qvalue"] < 0.05
    axes.hlines(table.index, low, high, color=np.where(strong, "#b2182b", "#777777"))
    axes.scatter(middle, table.index, c=np.where(strong, "#b2182b", "#777777"), s=14, zorder=3)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yticks(table.index, table["type"])
    axes.set_xlabel(
        f"odds ratio v matched genes ({result.table['n'].iloc[0]} v {result.table['n_background'].iloc[0]})"
    )
    figure.savefig(path)


def _match(wanted: NDArray[np.float64], pool: NDArray[np.float64], per_gene: int, seed: int) -> NDArray[np.intp]:
    """Nearest free candidates of each gene (Euclidean over ranks), genes in random order, each candidate once."""
    free = np.ones(len(pool), dtype=bool)
    taken: list[NDArray[np.intp]] = []
    for gene in child_rng(seed, "enrichment").permutation(len(wanted)):
        distance = np.where(free, ((pool - wanted[gene]) ** 2).sum(axis=1), np.inf)
        nearest = np.argpartition(distance, per_gene - 1)[:per_gene]
        free[nearest] = False
        taken.append(nearest)
    return np.sort(np.concatenate(taken))

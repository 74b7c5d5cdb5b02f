"""What a model has to beat: the names of the baselines, the columns they read, and those that need no fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.reference.species import human_spelling

CHANCE = "chance (prevalence)"
COVARIATES = "covariates"
PANEL = "covariates + co-expression panel"
CHROMATIN = "covariates + chromatin"
RARE_RULE = "RARE rule (a DR1, DR2 or DR5)"
FAMILY = "gene family mean"

ADDED_BLOCK = {PANEL: "coexpression", CHROMATIN: "chromatin"}
"""The feature block that a cross-fitted baseline reads beside the covariates."""

RULE_COLUMNS = tuple(f"rare:{name}:n_1e-5" for name in ("DR1", "DR2", "DR5"))
# only the order of the two rows is meant: a gene with an element goes before one without, and up before down
_WITH_ELEMENT = {"up": 0.60, "down": 0.25, "unresponsive": 0.15}
_WITHOUT = {"up": 1 / 3, "down": 1 / 3, "unresponsive": 1 / 3}
# the last number of a symbol and what follows it names the member: HOXA1 HOXA, CYP26A1 CYP26A, TMEM176B TMEM
_STEM = r"^(.*[A-Z])\d+[A-Z]*$"
SHRINKAGE = 2.0
"""Genes of the mean class shares that a family's own shares are averaged with."""


def baseline_columns(name: str, covariates: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Columns of a cross-fitted baseline: the covariates and those of `columns` in its block; none without any."""
    added = [column for column in columns if column.split(":", 1)[0] == ADDED_BLOCK[name] and column not in covariates]
    return [*covariates, *added] if added else []


def chance(status: pd.Series, classes: Sequence[str]) -> pd.DataFrame:
    """The share of each class for every gene: AUROC one half, and AUPRC at the prevalence line.

    Parameters
    ----------
    status : Series of str
        Class per training gene, indexed by gene_id.
    classes : sequence of str

    Returns
    -------
    DataFrame
        Columns ``p_<class>``, indexed like `status`.
    """
    shares = status.value_counts(normalize=True)
    return pd.DataFrame({f"p_{name}": float(shares.get(name, 0.0)) for name in classes}, index=status.index)


def rare_rule(features: pd.DataFrame, genes: pd.Index, classes: Sequence[str]) -> pd.DataFrame | None:
    """The bench's rule of thumb: a gene with a DR1, DR2 or DR5 at a promoter (p <= 1e-5) responds, and goes up.

    Parameters
    ----------
    features : DataFrame
        With the columns `RULE_COLUMNS`; a missing count is taken as none.
    genes : Index of str
        Genes to judge.
    classes : sequence of str

    Returns
    -------
    DataFrame or None
        Columns ``p_<class>``, of which only the order of genes means something; None without RARE columns.
    """
    if any(name not in features for name in RULE_COLUMNS):
        return None
    present = features.loc[genes, list(RULE_COLUMNS)].fillna(0).gt(0).any(axis=1).to_numpy()
    table = pd.DataFrame(
        {f"p_{name}": np.where(present, _WITH_ELEMENT[name], _WITHOUT[name]) for name in classes}, index=genes
    )
    return table.div(table.sum(axis=1), axis=0)


def family_mean(
    status: pd.Series, symbols: pd.Series, folds: pd.Series, groups: pd.Series, classes: Sequence[str]
) -> pd.DataFrame:
    """Mean class shares of a gene's family, shrunk to the shares of all genes.

    A family is the training genes of one symbol stem (CYP26A1 and CYP26A7, HOXA1 and HOXA13). Only members of *other
    folds* that are not in the gene's own group count, so no more is used than a model may see; a gene without such
    relatives gets the shares of all genes, one number for all.

    Parameters
    ----------
    status, symbols, folds, groups : Series
        Class per training gene; symbol, fold and group of these genes (more may be given), all indexed by gene_id.
    classes : sequence of str

    Returns
    -------
    DataFrame
        Columns ``p_<class>``, indexed like `status`.
    """
    genes = status.index
    stems = human_spelling(symbols.reindex(genes).astype(str)).str.extract(_STEM)[0]
    keys = pd.DataFrame({"stem": stems, "fold": folds.reindex(genes), "group": groups.reindex(genes)}, index=genes)
    own = np.stack([(status == name).to_numpy(dtype=np.float64) for name in classes], axis=1)

    shares = own.mean(axis=0)
    if stems.isna().all():  # pandas cannot group by nothing
        return pd.DataFrame(np.tile(shares, (len(genes), 1)), genes, [f"p_{name}" for name in classes])

    def total(by: list[str]) -> NDArray[np.float64]:
        values = pd.DataFrame(own, index=genes).groupby([keys[key] for key in by], dropna=True).transform("sum")
        return values.fillna(0.0).to_numpy()

    # members of the stem, less those of its fold, less those of its group, plus those counted out twice
    seen = total(["stem"]) - total(["stem", "fold"]) - total(["stem", "group"]) + total(["stem", "fold", "group"])
    n = seen.sum(axis=1, keepdims=True)
    return pd.DataFrame((seen + SHRINKAGE * shares) / (n + SHRINKAGE), genes, [f"p_{name}" for name in classes])

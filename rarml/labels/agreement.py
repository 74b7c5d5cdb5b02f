"""Joining called tables of one experiment (doses, donors) by agreement, and rows of one gene within a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rarml.core.errors import SettingsError

VALUES = ["log2fc", "padj", "base_mean"]


def one_row_per_gene(rows: pd.DataFrame) -> pd.DataFrame:
    """Reduce the rows of one table to one per gene.

    A row that names its gene by a previous symbol or an alias gives way to one that names it directly: beside the
    approved name, the old one mostly means another gene. Of the rows left the one with the smallest padj is kept, if
    the rows that are up, down or unresponsive say the same; else the gene is ambiguous.

    Parameters
    ----------
    rows : DataFrame
        ``gene_id, via, status`` and `VALUES`; mapped rows only.

    Returns
    -------
    DataFrame
        Index ``gene_id``, sorted; ``status`` and `VALUES`.
    """
    ordered = rows.assign(indirect=rows["via"].isin(["previous", "alias"]))
    named = ordered.groupby("gene_id")["indirect"].transform("min")
    ordered = ordered[ordered["indirect"] == named].sort_values(["gene_id", "padj"], kind="stable")
    best = ordered.drop_duplicates("gene_id").set_index("gene_id")[["status", *VALUES]]
    claims = ordered[ordered["status"].isin(["up", "down", "unresponsive"])]
    disagreeing = claims.groupby("gene_id")["status"].nunique()
    best.loc[best.index.isin(disagreeing.index[disagreeing > 1]), "status"] = "ambiguous"
    return best.sort_index()


def join_by_agreement(tables: Sequence[pd.DataFrame], min_agree: int) -> pd.DataFrame:
    """Join called tables gene by gene.

    Up or down: at least `min_agree` tables say so and none says the contrary. Unresponsive: at least `min_agree`
    tables say so and none says up or down. Untested: fewer than `min_agree` tables tested the gene. Else ambiguous.

    Parameters
    ----------
    tables : sequence of DataFrame
        Index ``gene_id`` (unique), ``status`` and `VALUES`.
    min_agree : int
        1 to the number of tables.

    Returns
    -------
    DataFrame
        Index ``gene_id``, sorted; ``status``; ``log2fc`` and ``base_mean``: mean over the tables that tested the
        gene; ``padj``: the `min_agree`-th smallest, at which so many tables are significant (NaN if fewer tested it).

    Raises
    ------
    SettingsError
        If `min_agree` does not fit the number of tables.
    """
    if not 1 <= min_agree <= len(tables):
        fix = f"choose 1 to {len(tables)}"
        raise SettingsError(f"labels.min_agree is {min_agree}, with {len(tables)} tables", fix=fix)
    genes = pd.Index(sorted(set().union(*(table.index for table in tables))), name="gene_id")
    aligned = [table.reindex(genes) for table in tables]
    status = np.stack([table["status"].fillna("untested").to_numpy(dtype=object) for table in aligned])
    votes = {name: (status == name).sum(axis=0) for name in ("up", "down", "unresponsive", "untested")}
    enough = {name: count >= min_agree for name, count in votes.items()}
    joined = np.select(
        [
            len(tables) - votes["untested"] < min_agree,
            enough["up"] & (votes["down"] == 0),
            enough["down"] & (votes["up"] == 0),
            enough["unresponsive"] & (votes["up"] == 0) & (votes["down"] == 0),
        ],
        ["untested", "up", "down", "unresponsive"],
        default="ambiguous",
    )
    tested = status != "untested"
    values = {}
    for name in VALUES:
        stacked = np.stack([table[name].to_numpy(np.float64) for table in aligned])
        values[name] = np.where(tested & np.isfinite(stacked), stacked, np.nan)
    padj = np.sort(values["padj"], axis=0)[min_agree - 1]  # NaN sorts to the end
    return pd.DataFrame(
        {
            "status": joined.astype(object),
            "log2fc": _mean(values["log2fc"]),
            "padj": padj,
            "base_mean": _mean(values["base_mean"]),
        },
        index=genes,
    )


def _mean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)

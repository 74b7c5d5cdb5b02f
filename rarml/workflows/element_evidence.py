"""RAREs at the promoters of responsive and unresponsive genes: odds ratios by spacing type, and places to the TSS."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from rarml.core.errors import InputError
from rarml.features.atlas_build import RAR_TYPES
from rarml.workflows.enrichment import enrichment

PER_GENE = 3
THRESHOLDS = ("1e-4", "1e-5")
BIN = 200
"""Width of a bin of places to the TSS, in bases."""
_SETS = ("up", "down")
_Z = 1.959963984540054
Rows = list[dict[str, Any]]


def enrichment_rows(features: pd.DataFrame, status: pd.Series, *, seed: int) -> Rows:
    """Odds ratio of having a site of each spacing type: responsive genes against matched unresponsive ones.

    Parameters
    ----------
    features : DataFrame
        Gene by column, with ``rare:{TYPE}:n_1e-4``, ``rare:{TYPE}:n_1e-5`` and covariates (see
        `rarml.workflows.enrichment`).
    status : Series of str
        Class per training gene.
    seed : int
        Order in which genes choose their matches.

    Returns
    -------
    list of dict
        Per set (up, down), threshold and spacing type: `set`, `sites` (largest p-value of a site: "1e-4" or "1e-5"),
        `type`, `with_site`, `n`, `background_with_site`, `n_background`, `odds_ratio` (None where neither has a site),
        `low`, `high` (exact 95 %; None for no upper bound), `pvalue`, `qvalue`. At most three matches per gene, fewer
        where there are too few; empty without RARE columns.
    """
    flat = list(status.index[status == "unresponsive"])
    rows: Rows = []
    for name in _SETS:
        genes = list(status.index[status == name])
        if not genes or len(flat) < len(genes):
            continue
        # a few genes may lack a covariate, so one in ten is kept in hand
        per_gene = max(1, min(PER_GENE, int(0.9 * len(flat)) // len(genes)))
        common: dict[str, Any] = {"candidates": flat, "per_gene": per_gene, "seed": seed}
        for threshold in THRESHOLDS:
            try:
                found = enrichment(features, genes, feature=f"n_{threshold}", **common)
            except InputError:  # no columns, or too few complete genes
                continue
            named = {"set": name, "sites": threshold}
            rows += [{**named, **_plain(row)} for row in found.table.to_dict(orient="records")]
    return rows


def distance_rows(
    sites: pd.DataFrame, status: pd.Series, *, types: Sequence[str] = RAR_TYPES, width: int = BIN
) -> Rows:
    """Share of genes with a called RARE in each stretch of the promoter, by class.

    Parameters
    ----------
    sites : DataFrame
        Called sites: `gene_id`, `type`, `tss_distance` (bp, + downstream).
    status : Series of str
        Class per training gene; a gene without a site counts as one without.
    types : sequence of str
        Spacing types counted.
    width : int
        Bases per bin; a bin holds its left end.

    Returns
    -------
    list of dict
        Per class and bin: `status`, `from_bp`, `to_bp`, `with_site` (genes, each once), `n`, `value` (share), `low` and
        `high` (95 % Wilson interval, 10.1080/01621459.1927.10502953).
    """
    if sites.empty:  # an atlas without sequence has none
        return []
    used = sites[sites["type"].isin(types) & sites["gene_id"].isin(status.index) & sites["tss_distance"].notna()]
    if used.empty:
        return []
    at = np.floor(used["tss_distance"].to_numpy(dtype=float) / width).astype(int)
    placed = pd.DataFrame({"gene_id": used["gene_id"].astype(str).to_numpy(), "bin": at}).drop_duplicates()
    placed["status"] = status.loc[placed["gene_id"]].to_numpy()
    counts = placed.groupby(["status", "bin"]).size()
    rows: Rows = []
    for name in (*_SETS, "unresponsive"):
        n = int((status == name).sum())
        for place in range(int(at.min()), int(at.max()) + 1) if n else ():
            some = int(counts.get((name, place), 0))
            low, high = wilson(some, n)
            ends = {"from_bp": place * width, "to_bp": (place + 1) * width}
            share = {"value": round(some / n, 6), "low": round(low, 6), "high": round(high, 6)}
            rows.append({"status": name, **ends, "with_site": some, "n": n, **share})
    return rows


def wilson(some: int, n: int) -> tuple[float, float]:
    """95 % Wilson interval of a share (Wilson 1927, 10.1080/01621459.1927.10502953)."""
    share = some / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """For JSON: whole numbers as they are, others to five digits, no bound and no value as None."""
    return {
        str(key): value if isinstance(value, str | int) else (float(f"{value:.5g}") if math.isfinite(value) else None)
        for key, value in row.items()
    }

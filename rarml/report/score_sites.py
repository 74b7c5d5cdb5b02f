"""The called RAREs of each gene of a list, best first and not more than a page can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rarml.report.content import ScoreContent

FEW_GENES = 60
SITES_OF_FEW = 12
SITES_OF_MANY = 2
_OPTIONAL = ("score", "qvalue", "left", "spacer", "right", "mismatches", "in_open_chromatin", "in_repeat", "competitor")


@dataclass(frozen=True)
class GeneSites:
    """Sites of one gene: the `sites` shown (dicts, by p-value) of `total` called."""

    gene_id: str
    symbol: str
    total: int
    sites: list[dict[str, Any]]


def gene_sites(content: ScoreContent) -> list[GeneSites]:
    """Per mapped gene, in input order; genes without a site have total 0."""
    mapped = content.table[content.table["gene_id"].notna()].drop_duplicates("gene_id")
    symbols = mapped["symbol"] if "symbol" in mapped else mapped["gene_id"]
    most = SITES_OF_FEW if len(mapped) <= FEW_GENES else SITES_OF_MANY
    table = content.sites.reindex(columns=[*content.sites.columns, *(c for c in _OPTIONAL if c not in content.sites)])
    table = table.sort_values(["pvalue", "chrom", "start", "type"], kind="stable")
    totals = table["gene_id"].value_counts().to_dict()
    shown = table.groupby("gene_id").head(most)
    shown = shown.astype(object).where(shown.notna(), None)
    of_gene: dict[str, list[dict[str, Any]]] = {}
    for site in shown.to_dict(orient="records"):
        of_gene.setdefault(site["gene_id"], []).append({str(key): value for key, value in site.items()})
    return [
        GeneSites(gene, gene if pd.isna(symbol) else symbol, int(totals.get(gene, 0)), of_gene.get(gene, []))
        for gene, symbol in zip(mapped["gene_id"], symbols, strict=True)
    ]

"""The called RAREs of each gene of a list, best first and not more than a page can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rarml.report.content import ScoreContent

FEW_GENES = 60
MOST_GENES = 300
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


@dataclass(frozen=True)
class ListedSites:
    """`shown`: genes with a called site, in order; `without`: symbols of genes that have none; `left_out`: the rest."""

    shown: list[GeneSites]
    without: list[str]
    left_out: int


def gene_sites(content: ScoreContent, order: Sequence[str]) -> ListedSites:
    """The sites of the genes of `order` (ids, the most telling first), of at most `MOST_GENES` genes.

    The genes shown stand in the order of the input. Of many genes only the best sites are shown, and genes without one
    are named only where they are few: the files of the score hold every site.
    """
    mapped = content.table[content.table["gene_id"].notna()].drop_duplicates("gene_id")
    symbols = mapped["symbol"] if "symbol" in mapped else mapped["gene_id"]
    named = {
        gene: gene if pd.isna(symbol) else str(symbol) for gene, symbol in zip(mapped["gene_id"], symbols, strict=True)
    }
    totals = content.sites["gene_id"].value_counts().to_dict()
    leading = {gene for gene in order if totals.get(gene)}
    leading = set([gene for gene in order if gene in leading][:MOST_GENES])
    table = content.sites[content.sites["gene_id"].isin(leading)]
    table = table.reindex(columns=[*table.columns, *(c for c in _OPTIONAL if c not in table)])
    table = table.sort_values(["pvalue", "chrom", "start", "type"], kind="stable")
    most = SITES_OF_FEW if len(mapped) <= FEW_GENES else SITES_OF_MANY
    best = table.groupby("gene_id").head(most)
    best = best.astype(object).where(best.notna(), None)
    of_gene: dict[str, list[dict[str, Any]]] = {}
    for site in best.to_dict(orient="records"):
        of_gene.setdefault(site["gene_id"], []).append({str(key): value for key, value in site.items()})
    without = [symbol for gene, symbol in named.items() if not totals.get(gene)]
    return ListedSites(
        shown=[GeneSites(gene, named[gene], int(totals[gene]), of_gene[gene]) for gene in named if gene in leading],
        without=without if len(mapped) <= MOST_GENES else [],
        left_out=sum(bool(totals.get(gene)) for gene in named) - len(leading),
    )

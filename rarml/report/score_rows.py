"""The ranked genes of a scored list, one table per model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rarml.report.content import ModelInfo, ScoreContent
from rarml.report.words import missing

OPTIONAL = (
    *("symbol", "note", "call", "gain", "rank", "rank_of", "flags", "measured"),
    *(f"{stem}{name}{tail}" for name in ("up", "down", "unresponsive") for stem, tail in (("p_", ""), ("p_", "_low"))),
    *(f"p_{name}_high" for name in ("up", "down", "unresponsive")),
    *(f"covariates_{name}" for name in ("up", "down", "unresponsive")),
    *("rare_type", "rare_pvalue", "rare_chrom", "rare_start", "rare_end", "rare_strand", "rare_tss_distance"),
    *("rare_count", "not_ruled_out"),
)
CALLS = ("candidate up", "candidate down", "candidate, direction unclear", "uncertain", "unlikely", "not judged")
_TEXT = ("symbol", "note", "not_ruled_out", "call", "flags", "measured", "rare_type", "rare_chrom", "rare_strand")


@dataclass(frozen=True)
class ModelView:
    """One model and its answers, best first.

    Attributes
    ----------
    info : ModelInfo
    anchor : str
        Safe id for links.
    rows : list of dict
        One per gene: the table's columns with missing values as None, `queries` (every input name that led to the
        gene), `p_responsive`, `covariates_responsive`.
    rank_of : int or None
        Number of genes ranked genome-wide.
    """

    info: ModelInfo
    anchor: str
    rows: list[dict[str, Any]]
    rank_of: int | None

    def called(self, call: str) -> list[dict[str, Any]]:
        """The rows with one call word, best first."""
        return [row for row in self.rows if row["call"] == call]


def model_views(content: ScoreContent, most: int | None = None) -> list[ModelView]:
    """A view per model, of the `most` best genes if a number is given; a gene given twice is shown once, with both
    names."""
    table = content.table.copy()
    for column in OPTIONAL:
        if column not in table:
            table[column] = None if column in _TEXT else np.nan
    return [_view(info, i, table[table["model"] == info.name], most) for i, info in enumerate(content.models, start=1)]


def unmapped_inputs(content: ScoreContent) -> list[dict[str, str]]:
    """Input names without an answer, in input order, once each: `query`, `mapping`, `note`."""
    table = content.table[content.table["gene_id"].isna()].drop_duplicates("query")
    notes = table["note"] if "note" in table else pd.Series("", table.index)
    return [
        {"query": str(query), "mapping": str(mapping), "note": "" if missing(note) else str(note)}
        for query, mapping, note in zip(table["query"], table["mapping"], notes, strict=True)
    ]


def _view(info: ModelInfo, number: int, table: pd.DataFrame, most: int | None) -> ModelView:
    mapped = table[table["gene_id"].notna()]
    queries: dict[str, list[str]] = {}
    for gene, query in zip(mapped["gene_id"], mapped["query"], strict=True):
        queries.setdefault(gene, []).append(str(query))
    genes = mapped.drop_duplicates("gene_id").copy()
    genes["p_responsive"] = 1 - genes["p_unresponsive"].astype(float)
    genes["covariates_responsive"] = 1 - genes["covariates_unresponsive"].astype(float)
    genes = genes.sort_values(["p_responsive", "gene_id"], ascending=[False, True], na_position="last").head(
        len(genes) if most is None else most
    )
    names = [str(name) for name in genes.columns]
    cells = [_plain(genes[name]) for name in genes.columns]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    for row in rows:
        row["queries"] = [
            name for name in dict.fromkeys(queries[row["gene_id"]]) if name not in (row["symbol"], row["gene_id"])
        ]
        row["symbol"] = row["symbol"] or row["gene_id"]
        if row["not_ruled_out"] is not None:
            row["not_ruled_out"] = row["not_ruled_out"].replace("|", ", ") or "all ruled out"
        row["flags"] = [flag for flag in (row["flags"] or "").split("; ") if flag]
    ranked = [row["rank_of"] for row in rows if row["rank_of"] is not None]
    return ModelView(info, f"model-{number}", rows, int(ranked[0]) if ranked else None)


def _plain(column: pd.Series) -> list[Any]:
    """Python values, None where one is missing."""
    return [None if gone else value for value, gone in zip(column.tolist(), column.isna().tolist(), strict=True)]

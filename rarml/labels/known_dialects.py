"""How the programs of differential expression write their results; a new dialect is one more line in `DIALECTS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["counts", "log2_mean", "mean_log2", "unknown"]
"""Scale of a base mean: counts, log2 of the mean over samples (edgeR), mean of the log2 values (limma, Degust)."""

ROLES = ("id", "symbol", "log2fc", "padj", "base_mean")
"""What a column can be."""


@dataclass(frozen=True)
class Dialect:
    """How one program writes its results (column names in lower case, letters and digits only)."""

    name: str
    log2fc: tuple[str, ...]
    padj: tuple[str, ...]
    base_mean: tuple[str, ...]
    unit: Unit
    base_mean_means: str


# In the order in which they are tried. Degust writes no column for the fold change: see `degust.condition_column`.
DIALECTS = (
    Dialect("DESeq2", ("log2foldchange",), ("padj",), ("basemean",), "counts", "mean of normalised counts"),
    Dialect("limma topTable", ("logfc",), ("adjpval",), ("aveexpr",), "mean_log2", "mean log2 expression"),
    Dialect("edgeR", ("logfc",), ("fdr",), ("logcpm",), "log2_mean", "log2 of mean counts per million"),
    Dialect("Degust", (), ("fdr",), ("aveexpr",), "mean_log2", "mean log2 counts per million"),
)

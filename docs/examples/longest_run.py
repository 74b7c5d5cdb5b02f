"""Block `longest_run`: the longest run of one base in a gene's promoters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rarml.features.combine import PromoterGroups

if TYPE_CHECKING:
    from rarml.reference.store import Reference

NAME = "longest_run"
UNKNOWN = 4  # bases are 0 to 3 for A, C, G, T


def build(reference: Reference) -> pd.DataFrame:
    """One row per gene, one column per feature, float32, NaN where the promoter has no sequence."""
    genes, promoters = reference.genes, reference.promoters
    assert reference.sequences is not None  # the registry says that this block needs sequences
    codes = reference.sequences.codes()  # a row per promoter, 5' to 3'
    run = np.where(codes[:, 0] == UNKNOWN, 0, 1)
    longest = run.copy()
    for before, here in zip(codes.T[:-1], codes.T[1:], strict=True):
        run = np.where(here == UNKNOWN, 0, np.where(here == before, run + 1, 1))
        longest = np.maximum(longest, run)
    values = np.where(longest > 0, longest, np.nan)
    by_gene = PromoterGroups(promoters["gene_id"], genes.index).combine(values, "max")
    return pd.DataFrame({f"{NAME}:bases": by_gene}, index=genes.index)

"""How many single half-sites a sequence holds, paired or not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rarml.features.background import HUMAN_PROMOTERS
from rarml.features.half_sites import generic_half_site
from rarml.features.kmer_index import TABLE_SIZE, score_tables, window_index
from rarml.features.pvalues import score_distribution
from rarml.reference.bases import N

HALF_SITE_PVALUE = 1e-3
"""About four chance half-sites in a 2 kb promoter on both strands: RGGTCA and its like."""


@lru_cache(maxsize=4)
def _found_table(max_pvalue: float) -> NDArray[np.uint8]:
    """Half-sites (0, 1 or 2: either strand) that each window index stands for."""
    half = generic_half_site()
    threshold = score_distribution(half.matrix, HUMAN_PROMOTERS).threshold(max_pvalue)
    found = np.zeros(TABLE_SIZE, dtype=np.uint8)
    for table in score_tables(half):
        found += table >= threshold
    return found


def count_half_sites(codes: NDArray[np.uint8], *, max_pvalue: float = HALF_SITE_PVALUE) -> NDArray[np.int64]:
    """Half-sites at or below an exact p-value, both strands, in each row of base codes (n, length); shape (n,)."""
    table = _found_table(max_pvalue)
    counts = np.empty(len(codes), dtype=np.int64)
    for row, bases in enumerate(codes):
        padded = np.full(len(bases) + 2, N, dtype=np.uint8)
        padded[1:-1] = bases
        index = window_index(padded)
        counts[row] = int(table.take(index).sum()) if len(index) else 0
    return counts

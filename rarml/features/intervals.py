"""Whether genomic spans touch any of a set of intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def touches(
    chrom: NDArray[np.object_],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    intervals: pd.DataFrame,
) -> NDArray[np.bool_]:
    """True for each span [start, end) (0-based) that shares a base with an interval of columns chrom, start, end."""
    result = np.zeros(len(start), dtype=bool)
    names, groups = np.unique(np.asarray(chrom, dtype=str), return_inverse=True)
    by_chrom = {str(name): rows for name, rows in intervals.groupby("chrom", observed=True)}
    for number, name in enumerate(names):
        rows = by_chrom.get(str(name))
        if rows is None:
            continue
        here = groups == number
        order = np.argsort(rows["start"].to_numpy(), kind="stable")
        starts = rows["start"].to_numpy()[order]
        reach = np.maximum.accumulate(rows["end"].to_numpy()[order])
        # the furthest end among intervals that start before the span ends
        before = np.searchsorted(starts, end[here], side="left")
        result[here] = (before > 0) & (reach[np.maximum(before - 1, 0)] > start[here])
    return result

"""Whether genomic spans touch any of a set of intervals."""

from __future__ import annotations

from itertools import pairwise

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
    starts, ends = intervals["start"].to_numpy(), intervals["end"].to_numpy()
    there = _rows_by_name(intervals["chrom"])
    for name, here in _rows_by_name(chrom).items():
        rows = there.get(name)
        if rows is None:
            continue
        rows = rows[np.argsort(starts[rows])]
        reach = np.maximum.accumulate(ends[rows])
        # the furthest end among intervals that start before the span ends
        before = np.searchsorted(starts[rows], end[here], side="left")
        result[here] = (before > 0) & (reach[np.maximum(before - 1, 0)] > start[here])
    return result


def _rows_by_name(names: NDArray[np.object_] | pd.Series) -> dict[str, NDArray[np.int64]]:
    """Row numbers of each name."""
    codes, found = pd.factorize(names)
    if len(found) < np.iinfo(np.int16).max:
        codes = codes.astype(np.int16)  # few bits are sorted quickly
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(found) + 1))
    return {str(name): order[a:b] for name, (a, b) in zip(found, pairwise(bounds), strict=True)}

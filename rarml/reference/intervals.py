"""Interval arithmetic on one contig: sorted arrays and binary search, 0-based half-open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


def merge(starts: Positions, ends: Positions) -> tuple[Positions, Positions]:
    """Union of intervals as disjoint, sorted intervals; touching ones become one.

    Parameters
    ----------
    starts, ends : int64 arrays of shape (n,)
        In any order; may overlap or nest.
    """
    if len(starts) == 0:
        return starts, ends
    order = np.argsort(starts, kind="stable")
    first, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.r_[True, first[1:] > reach[:-1]]
    last = np.r_[np.flatnonzero(opens)[1:] - 1, len(first) - 1]
    return first[opens], reach[last]


def overlapping_pairs(
    starts: Positions, ends: Positions, query_starts: Positions, query_ends: Positions
) -> tuple[Positions, Positions]:
    """All (query, target) pairs that share at least one base.

    Parameters
    ----------
    starts, ends : int64 arrays of shape (n,)
        Targets, sorted by start; may overlap or nest.
    query_starts, query_ends : int64 arrays of shape (m,)
        Queries in any order.

    Returns
    -------
    queries, targets : int64 arrays of shape (pairs,)
        Row numbers; sorted by query, then target.
    """
    reach = np.maximum.accumulate(ends) if len(ends) else ends
    low = np.searchsorted(reach, query_starts, side="right")
    high = np.searchsorted(starts, query_ends, side="left")
    counts = np.maximum(high - low, 0)
    queries = np.repeat(np.arange(len(low)), counts)
    within = np.arange(len(queries)) - np.repeat(np.cumsum(counts) - counts, counts)
    targets = np.repeat(low, counts) + within
    # Between the bounds a target nested in an earlier, longer one may still end too early.
    touching = ends[targets] > query_starts[queries]
    return queries[touching], targets[touching]


def gap(starts: Positions, ends: Positions, points: Positions) -> Positions:
    """Bases from each point to the interval's nearest base; 0 inside (arrays of one shape)."""
    return np.maximum(np.maximum(starts - points, points - (ends - 1)), 0)


def nearest_gap(starts: Positions, ends: Positions, points: Positions, most: int) -> Positions:
    """`gap` to the nearest of disjoint, sorted intervals, at most `most`; shape (len(points),)."""
    result = np.full(len(points), most, dtype=np.int64)
    if len(starts) == 0:
        return result
    after = np.searchsorted(starts, points, side="right")
    for index in (np.maximum(after - 1, 0), np.minimum(after, len(starts) - 1)):
        result = np.minimum(result, gap(starts[index], ends[index], points))
    return result

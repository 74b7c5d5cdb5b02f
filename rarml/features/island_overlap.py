"""CpG islands from a table, against promoter places: needs coordinates only, no sequence."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.reference.intervals import merge

FAR = 100_000
"""Distances are capped here (bp): farther says no more."""


def island_features(places: pd.DataFrame, islands: pd.DataFrame) -> dict[str, NDArray[np.float32]]:
    """Overlap with, distance to and length of the nearest CpG island.

    Parameters
    ----------
    places : DataFrame
        chrom, tss, start, end: one row per promoter, 0-based half-open; [start, end) is the place to be covered.
    islands : DataFrame
        chrom, start, end, 0-based half-open. Overlapping islands are merged first.

    Returns
    -------
    dict of float32 arrays, shape (n_places,)
        cpg_island (1 if any base of the place is in an island), cpg_island_fraction (of the place),
        cpg_island_distance (bp from the TSS base to the nearest island base, 0 inside, capped at `FAR`),
        cpg_island_length (bp of the island the TSS lies in or nearest to it, 0 if none within `FAR`).
    """
    n = len(places)
    fraction = np.zeros(n)
    distance = np.full(n, FAR, dtype=np.float64)
    length = np.zeros(n)
    by_chrom = {
        str(chrom): merge(table["start"].to_numpy(dtype=np.int64), table["end"].to_numpy(dtype=np.int64))
        for chrom, table in islands.groupby("chrom", observed=True)
    }
    for chrom, rows in places.groupby("chrom", observed=True).indices.items():
        if str(chrom) not in by_chrom:
            continue
        starts, ends = by_chrom[str(chrom)]
        left, right = (places[name].to_numpy(dtype=np.int64)[rows] for name in ("start", "end"))
        fraction[rows] = covered(left, right, starts, ends) / np.maximum(right - left, 1)
        distance[rows], length[rows] = _nearest(places["tss"].to_numpy(dtype=np.int64)[rows], starts, ends)
    values = {
        "cpg_island": fraction > 0,
        "cpg_island_fraction": fraction,
        "cpg_island_distance": distance,
        "cpg_island_length": length,
    }
    return {name: np.asarray(value, dtype=np.float32) for name, value in values.items()}


def covered(
    left: NDArray[np.int64], right: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Bases of each [left, right) that lie in the disjoint, sorted intervals [starts, ends)."""
    before = np.concatenate([[0], np.cumsum(ends - starts)])

    def bases_before(position: NDArray[np.int64]) -> NDArray[np.int64]:
        index = np.searchsorted(starts, position, side="right")
        inside = np.where(index > 0, np.maximum(ends[index - 1] - position, 0), 0)
        return before[index] - inside

    return bases_before(right) - bases_before(left)


def _nearest(
    tss: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance from each TSS base to the nearest interval (capped), and that interval's length."""
    after = np.searchsorted(starts, tss, side="right")  # intervals[after - 1] starts at or before the TSS
    previous, following = np.maximum(after - 1, 0), np.minimum(after, len(starts) - 1)
    to_previous = np.where(after > 0, np.maximum(tss - (ends[previous] - 1), 0), FAR)
    to_following = np.where(after < len(starts), starts[following] - tss, FAR)
    nearest = np.where(to_previous <= to_following, previous, following)
    distance = np.minimum(np.minimum(to_previous, to_following), FAR)
    length = np.where(distance < FAR, ends[nearest] - starts[nearest], 0)
    return distance.astype(np.float64), length.astype(np.float64)
